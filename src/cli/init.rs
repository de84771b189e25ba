//! `deskbell init`: a sample faq/ and deskbell.toml to begin with.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use super::{FINE, output};
use crate::config::Config;

/// Write a sample faq/ and deskbell.toml to begin with
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell init            into this folder
  deskbell init my-shop    into a folder of its own

Nothing that is there already is overwritten.")]
pub(super) struct Init {
    /// Where to
    #[arg(default_value = ".")]
    folder: PathBuf,
}

macro_rules! samples {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),*]
    };
}

/// The sample firm's files, as they lie in the repository.
const SAMPLES: &[(&str, &str)] = samples![
    "faq/business.toml",
    "faq/checks.toml",
    "faq/en/orders.md",
    "faq/en/delivery.md",
    "faq/en/returns.md",
    "faq/en/workshop.md",
    "faq/en/shop.md",
    "faq/en/smalltalk.md",
    "faq/de/orders.md",
    "faq/de/delivery.md",
    "faq/de/returns.md",
    "faq/de/workshop.md",
    "faq/de/shop.md",
    "faq/de/smalltalk.md",
];

const CONFIGURATION: &str = include_str!("../../deploy/deskbell.toml");

impl Init {
    pub(super) fn run(self) -> anyhow::Result<u8> {
        let target = |path: &str| self.folder.join(path);
        let in_the_way: Vec<String> = std::iter::once("faq")
            .chain([Config::FILE])
            .map(target)
            .filter(|path| path.exists())
            .map(|path| path.display().to_string())
            .collect();
        if !in_the_way.is_empty() {
            bail!(
                "{} {} there already, and nothing is overwritten; choose another folder: `deskbell init my-shop`",
                in_the_way.join(" and "),
                if in_the_way.len() == 1 { "is" } else { "are" }
            );
        }
        for (path, text) in SAMPLES {
            write(&target(path), text)?;
        }
        write(&target(Config::FILE), CONFIGURATION)?;
        let here = self.folder == Path::new(".");
        let go = if here { String::new() } else { format!("  cd {}\n", self.folder.display()) };
        output::print(&format!(
            "Written: {} with the FAQ of an invented bicycle shop, and {}.\n\nNext:\n{go}  deskbell chat     talk to it\n  deskbell check    after every change of yours\n",
            target("faq").display(),
            target(Config::FILE).display(),
        ))?;
        Ok(FINE)
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("`{}` can't be made", folder.display()))?;
    }
    fs::write(path, text).with_context(|| format!("`{}` can't be written", path.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_file_of_the_sample_is_written() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut there = BTreeSet::new();
        let mut folders = vec![root.join("faq")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("the sample is there") {
                let path = entry.expect("the sample can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    there.insert(
                        path.strip_prefix(root).expect("it lies in it").to_string_lossy().into_owned(),
                    );
                }
            }
        }
        let written: BTreeSet<String> = SAMPLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(written, there);
    }
}
