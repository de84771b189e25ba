//! Files that survive a power cut: written whole or not at all, in folders that nobody else may look into.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// Makes a folder that only its owner may look into, and those above it.
pub(super) fn create_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(at(folder))
}

/// Options for a file that only its owner may look into.
pub(super) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Puts `content` into the file, in place of whatever was there: whole, or not at all.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), StoreError> {
    replace_by(path, |file| file.write_all(content).map_err(at(path)))
}

/// The same with whatever `write` writes, piece by piece.
pub(super) fn replace_by(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let part = part_of(path);
    let mut file = BufWriter::new(private().create(true).truncate(true).open(&part).map_err(at(&part))?);
    write(&mut file)?;
    let file = file.into_inner().map_err(|error| at(&part)(error.into_error()))?;
    file.sync_all().map_err(at(&part))?;
    rename(&part, path)
}

/// Copies a file: whole, or not at all.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut source = File::open(from).map_err(at(from))?;
    replace_by(to, |file| std::io::copy(&mut source, file).map(drop).map_err(at(to)))
}

/// The name under which a file is written before it gets its own.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Whether a file has such a name: it was not finished.
pub(super) fn is_part(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending == "part")
}

/// Renames, and waits until the new name is on disk.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(at(from))?;
    sync_folder_of(to)
}

/// Waits until the names in the folder that `path` lies in are on disk.
pub(super) fn sync_folder_of(path: &Path) -> Result<(), StoreError> {
    match path.parent() {
        Some(folder) if folder.as_os_str().is_empty() => sync_folder(Path::new(".")),
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}

/// Waits until the names in `folder` are on disk. Windows keeps them without being asked, and can't open a folder.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))?;
    }
    Ok(())
}

/// The names in `folder`, sorted; none if it isn't there.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(at(folder)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        names.extend(entry.map_err(at(folder))?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Takes a file or a folder away, if it is there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(at(path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The error with the path that it happened at.
pub(super) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.display().to_string();
    move |error| StoreError::Disk(format!("{path}: {error}"))
}
