//! The FAQ folder on disk -> raw files. What can't be taken is named, not skipped.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::faq::{RawFile, Unreadable};

/// Largest file that is read, in bytes; a book of 100,000 entries has about 30 MB.
pub const FILE_LIMIT: u64 = 64 * 1024 * 1024;
/// Deepest nesting of folders that is looked into.
const DEPTH_LIMIT: usize = 8;
/// The folder of drafts within the FAQ folder.
pub const DRAFTS: &str = "drafts";
/// Endings of files that the owner may mean as part of the FAQ.
const ENDINGS: [&str; 4] = ["md", "toml", "markdown", "txt"];

/// All files of the FAQ folder, sorted by path. An error only where the folder itself can't be listed.
pub fn read(folder: &Path) -> std::io::Result<Vec<RawFile>> {
    let root = fs::canonicalize(folder)?;
    let mut files = Vec::new();
    let mut folders: Vec<(PathBuf, String, usize)> = vec![(root.clone(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Editors keep their backups and half-written files under such names.
            if name.starts_with('.') || name.starts_with('#') || name.ends_with('~') {
                continue;
            }
            let path = format!("{prefix}{name}");
            // What staff taught waits there for the owner; it is no part of the FAQ yet.
            if path == DRAFTS {
                continue;
            }
            let metadata = match fs::metadata(entry.path()) {
                Ok(metadata) => metadata,
                Err(error) => {
                    if is_ours(&name) {
                        files.push(RawFile { path, content: Err(Unreadable::Refused(error.to_string())) });
                    }
                    continue;
                }
            };
            if metadata.is_dir() {
                if depth < DEPTH_LIMIT && leads_inside(&entry.path(), &root) {
                    folders.push((entry.path(), format!("{path}/"), depth + 1));
                }
            } else if is_ours(&name) && !metadata.is_file() {
                // Reading a pipe would wait for ever.
                let refused = Unreadable::Refused("it is no ordinary file".to_owned());
                files.push(RawFile { path, content: Err(refused) });
            } else if is_ours(&name) {
                let content = read_file(&entry.path(), metadata.len(), &root);
                files.push(RawFile { path, content });
            }
        }
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn is_ours(name: &str) -> bool {
    let ending = Path::new(name).extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|ours| ours.eq_ignore_ascii_case(ending)))
}

fn leads_inside(path: &Path, root: &Path) -> bool {
    fs::canonicalize(path).is_ok_and(|real| real.starts_with(root))
}

fn read_file(path: &Path, size: u64, root: &Path) -> Result<Vec<u8>, Unreadable> {
    if !leads_inside(path, root) {
        return Err(Unreadable::LeadsOut);
    }
    if FILE_LIMIT < size {
        return Err(Unreadable::TooLarge { size, limit: FILE_LIMIT });
    }
    let refused = |error: std::io::Error| Unreadable::Refused(error.to_string());
    let mut content = Vec::new();
    // A file may grow between the look at its size and the reading of it.
    fs::File::open(path).map_err(refused)?.take(FILE_LIMIT + 1).read_to_end(&mut content).map_err(refused)?;
    if FILE_LIMIT < content.len() as u64 {
        return Err(Unreadable::TooLarge { size: content.len() as u64, limit: FILE_LIMIT });
    }
    Ok(content)
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn links_within_the_folder_are_followed_and_nothing_else_that_is_odd() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = place.path().join("faq");
        fs::create_dir_all(folder.join("..data")).expect("made");
        fs::write(folder.join("..data/shop.md"), "## A").expect("written");
        fs::write(place.path().join("secret.md"), "## B").expect("written");
        // As Kubernetes mounts a ConfigMap.
        std::os::unix::fs::symlink("..data/shop.md", folder.join("shop.md")).expect("linked");
        std::os::unix::fs::symlink("../secret.md", folder.join("out.md")).expect("linked");
        std::os::unix::fs::symlink("nowhere.md", folder.join("dangling.md")).expect("linked");
        let made = Command::new("mkfifo").arg(folder.join("pipe.md")).status().expect("mkfifo is there");
        assert!(made.success());
        let files = read(&folder).expect("listed");
        let found: Vec<(&str, bool)> =
            files.iter().map(|file| (file.path.as_str(), file.content.is_ok())).collect();
        assert_eq!(found, [("dangling.md", false), ("out.md", false), ("pipe.md", false), ("shop.md", true)]);
    }
}
