//! What the owner types: one file a command.

mod approve;
mod ask;
mod backup;
mod chat;
mod check;
mod doctor;
pub mod eval;
mod exchange;
mod export;
mod faq;
mod forget;
mod gaps;
mod health;
mod import;
mod init;
mod man;
mod output;
mod report;
mod restore;
mod run;
mod stored;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::config::Config;

/// Answers customers' questions from the files in faq/, and calls a person when it is not sure.
#[derive(Debug, Parser)]
#[command(name = "deskbell", version, about, after_help = EXAMPLES)]
struct Arguments {
    /// The configuration file [default: deskbell.toml here, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Begin:
  deskbell init           writes a sample faq/ and deskbell.toml into this folder
  deskbell check          finds every mistake in faq/
  deskbell chat           talks to the bot here in the terminal

Exit codes: 0 all is well, 1 something must be mended (the output says what), 2 the command was typed wrongly";

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a sample faq/ and deskbell.toml to begin with
    Init(init::Init),
    /// Find every mistake in faq/, and say what to expect of it
    Check(check::Check),
    /// Ask one question, and see why it is answered so
    Ask(ask::Ask),
    /// Talk to the bot in the terminal
    Chat(chat::Chat),
    /// Run the bot on Discord and Telegram
    Run(run::Run),
    /// Ask the bot that runs on this machine how it is
    Health(health::Health),
    /// Earlier versions of faq/
    Faq(faq::FaqCommand),
    /// What happened: asked, answered, handed over, and the time saved
    Report(report::Report),
    /// What customers asked in vain: alike questions together, ready to paste
    Gaps(gaps::GapsCommand),
    /// Take drafts that staff taught into the FAQ
    Approve(approve::Approve),
    /// Take in a FAQ from a spreadsheet (CSV) or from a website (schema.org)
    Import(import::Import),
    /// Write the FAQ as a spreadsheet (CSV), or for your website (schema.org)
    Export(export::Export),
    /// Back everything up now, also while the bot runs
    Backup(backup::Backup),
    /// Put everything back as it was in a backup
    Restore(restore::Restore),
    /// Delete all that is stored about a customer, backups included
    Forget(forget::Forget),
    /// Look whether everything is as it should be, and say what to do where it is not
    Doctor(doctor::Doctor),
    /// Measure how well questions are answered, on a file of questions with their right answers
    Eval(eval::EvalArgs),
    /// Print a completion script for your shell
    #[command(
        after_help = "Example:\n  deskbell completions bash > ~/.local/share/bash-completion/completions/deskbell"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual pages for `man`
    Man(man::Man),
}

use stored::open_store;

/// All is well.
pub(crate) const FINE: u8 = 0;
/// Something must be mended.
pub(crate) const MEND: u8 = 1;

/// Reads the command line, runs the command, and gives the process's exit code. An error's chain goes to standard
/// error.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            output::complain(&format!("error: {error:#}"));
            ExitCode::from(MEND)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<u8> {
    let config = || Config::load(arguments.config.as_deref());
    match arguments.command {
        Command::Init(init) => init.run(),
        Command::Check(check) => check.run(&config()?),
        Command::Ask(ask) => ask.run(&config()?),
        Command::Chat(chat) => chat.run(&config()?),
        Command::Run(run) => run.run(&config()?),
        Command::Health(health) => health.run(&config()?),
        Command::Faq(faq) => faq.run(&config()?),
        Command::Report(report) => report.run(&config()?),
        Command::Gaps(gaps) => gaps.run(&config()?),
        Command::Approve(approve) => approve.run(&config()?),
        Command::Import(import) => import.run(&config()?),
        Command::Export(export) => export.run(&config()?),
        Command::Backup(backup) => backup.run(&config()?),
        Command::Restore(restore) => restore.run(&config()?),
        Command::Forget(forget) => forget.run(&config()?),
        Command::Doctor(doctor) => doctor.run(config()),
        Command::Eval(args) => {
            output::print(&eval::run(&args)?)?;
            Ok(FINE)
        }
        Command::Man(man) => man.run(Arguments::command()),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "deskbell", &mut script);
            output::print(&String::from_utf8_lossy(&script))?;
            Ok(FINE)
        }
    }
}
