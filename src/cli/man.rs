//! `deskbell man`: the manual pages, made of the same words as `--help`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};

use super::{FINE, output};

/// Write the manual pages for `man`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell man | man -l -                    the first page, to read now
  deskbell man --to /usr/local/share/man/man1   then `man deskbell`, `man deskbell-check`, …")]
pub(super) struct Man {
    /// A folder for all pages, one a command; otherwise the first page goes to standard output
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

impl Man {
    /// `command`: all that can be typed.
    pub(super) fn run(self, command: Command) -> anyhow::Result<u8> {
        let Some(folder) = self.to else {
            let mut page = Vec::new();
            clap_mangen::Man::new(command.disable_help_subcommand(true)).render(&mut page)?;
            output::print(&String::from_utf8_lossy(&page))?;
            return Ok(FINE);
        };
        let pages = || {
            std::fs::create_dir_all(&folder)?;
            clap_mangen::generate_to(command, &folder)
        };
        pages().with_context(|| format!("the pages can't be written to {}", folder.display()))?;
        output::print(&format!("Written: the pages in {}\n", folder.display()))?;
        Ok(FINE)
    }
}
