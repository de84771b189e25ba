//! `deskbell chat`: talk to the bot in the terminal, in all three seats: customer, staff and owner.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use rustyline::ExternalPrinter as _;
use rustyline::error::ReadlineError;

use super::{FINE, MEND, open_store, output};
use crate::channel::console::{Console, Printer, Seat};
use crate::channel::{Author, Heard, HeardAct, Inbox};
use crate::config::Config;
use crate::desk::{Company, ConversationId, MessageId, Place, Policy, Said};
use crate::faq::{self, ChannelKind};
use crate::runtime::{self, Clock, Parts, Runtime, Staff};
use crate::store::{MemoryStore, Store, StoreError};

/// Talk to the bot in the terminal
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell chat
  printf 'When are you open?\\nWie lange dauert die Lieferung?\\n' | deskbell chat

You sit in the customer's chair. What is handed over is shown as staff would see it; `/staff TEXT` answers as one of
them, `/close` hands back to the bot, and so does your next line, unless you said --with-staff. Your files in faq/ are
watched: edit one, and the next answer is the new one.")]
pub(super) struct Chat {
    /// Keep nothing: don't open the store
    #[arg(long)]
    forgetful: bool,
    /// A ticket stays open until you type /close, as with real staff
    #[arg(long)]
    with_staff: bool,
}

impl Chat {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        threads.block_on(self.talk(config))
    }

    async fn talk(self, config: &Config) -> anyhow::Result<u8> {
        let clock = Clock::System;
        let store = self.store(config)?;
        let (first, faq) = runtime::first_index(&store, &config.faq, clock.now()).await?;
        let folder = config.faq.display().to_string();
        let Some(first) = first else {
            for problem in &faq.problems {
                output::complain(&faq::render(problem, &faq.sources, &folder, false));
            }
            if faq.problems.is_empty() {
                bail!("there is no FAQ in `{folder}` yet; `deskbell init` writes one to begin with");
            }
            return Ok(MEND);
        };
        let input = Input::open()?;
        let (mut lines, printer) = input.split()?;
        let console = Arc::new(Console::new(printer, output::look()));
        let staff_place = Seat::Staff.place();
        let parts = Parts {
            store,
            index: first.index.clone(),
            faq: Some(config.faq.clone()),
            // Whoever types a line and presses Enter has finished it.
            policy: Policy { burst: Duration::ZERO, ..config.policy.clone() },
            staff: Staff { place: Some(staff_place), ..Staff::default() },
            owner: Some(Seat::Owner.place()),
            clock,
        };
        let runtime = Runtime::start(parts, vec![console.clone()]);
        output::print(&greeting(&first, &folder))?;
        let mut session = Session::new(runtime, console, self.with_staff);
        while let Some(line) = lines.next().await? {
            session.say(line.trim()).await?;
        }
        session.runtime.stop().await?;
        Ok(FINE)
    }

    fn store(&self, config: &Config) -> anyhow::Result<Arc<dyn Store>> {
        if self.forgetful {
            return Ok(Arc::new(MemoryStore::new()));
        }
        match open_store(config) {
            Ok(store) => Ok(store),
            Err(StoreError::Busy { .. }) => {
                output::complain("deskbell is already running on this folder; this chat keeps nothing.");
                Ok(Arc::new(MemoryStore::new()))
            }
            Err(error) => Err(error).context("the store can't be opened"),
        }
    }
}

fn greeting(first: &runtime::FirstIndex, folder: &str) -> String {
    let live = first.index.faq();
    let languages: Vec<&str> = live.firm.languages.iter().map(crate::text::Language::code).collect();
    let mut text = format!(
        "{} · {} ({}) from {folder}/ · empty line or Ctrl-D ends\n",
        if live.firm.name.is_empty() { "deskbell" } else { &live.firm.name },
        output::entries(live.entries.len()),
        languages.join(", "),
    );
    if let Some(revision) = first.instead {
        let _ = writeln!(
            text,
            "Your files have mistakes, so version {revision} answers, the last good one. `deskbell check` shows them:"
        );
        for problem in
            first.faq.problems.iter().filter(|problem| problem.severity == faq::Severity::Error).take(3)
        {
            text += &faq::render(problem, &first.faq.sources, folder, false);
            text.push('\n');
        }
    }
    text + "\n"
}

/// One customer at the terminal.
struct Session {
    runtime: Runtime,
    console: Arc<Console>,
    with_staff: bool,
    inbox: Arc<dyn Inbox>,
    conversation: ConversationId,
    said: u64,
    started: i64,
}

impl Session {
    fn new(runtime: Runtime, console: Arc<Console>, with_staff: bool) -> Self {
        let started = Clock::System.now().as_millis();
        Self {
            inbox: runtime.inbox(),
            runtime,
            console,
            with_staff,
            // A conversation of its own: what an earlier one ended with is not carried over.
            conversation: ConversationId::new(ChannelKind::Console, format!("chat-{started}")),
            said: 0,
            started,
        }
    }

    async fn say(&mut self, line: &str) -> anyhow::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        let ticket = self.open_ticket().await?;
        let act = match line.strip_prefix('/').map(|command| command.split_once(' ').unwrap_or((command, "")))
        {
            Some(("staff", rest)) => {
                let Some(place) = ticket else {
                    output::print("         | no ticket is open\n")?;
                    return Ok(());
                };
                return self.hear(place, HeardAct::Wrote(Said::text(rest))).await;
            }
            Some((name, rest)) => {
                let act = HeardAct::Commanded { name: name.to_owned(), rest: rest.to_owned() };
                match &ticket {
                    Some(place) if STAFF_COMMANDS.contains(&name) => {
                        return self.hear(place.clone(), act).await;
                    }
                    Some(_) | None => act,
                }
            }
            None => HeardAct::Wrote(Said::text(line)),
        };
        if let Some(place) = ticket.filter(|_| !self.with_staff) {
            self.console.mute(true);
            let close = HeardAct::Commanded { name: "close".to_owned(), rest: String::new() };
            self.hear(place, close).await?;
            self.console.mute(false);
        }
        self.hear(Seat::Customer.place(), act).await
    }

    /// The place of this conversation's open ticket.
    async fn open_ticket(&self) -> anyhow::Result<Option<Place>> {
        let open = self.runtime.store().open_tickets().await?;
        Ok(open
            .into_iter()
            .find(|ticket| ticket.conversation == self.conversation)
            .and_then(|ticket| ticket.place))
    }

    async fn hear(&mut self, place: Place, act: HeardAct) -> anyhow::Result<()> {
        self.said += 1;
        let heard = Heard {
            conversation: self.conversation.clone(),
            message: MessageId(format!("{}-{}", self.started, self.said)),
            author: Author {
                id: place.address.clone(),
                name: if place == Seat::Customer.place() { "You".to_owned() } else { "Staff".to_owned() },
                roles: Vec::new(),
                app_language: None,
            },
            place,
            company: Company::Alone,
            act,
        };
        self.inbox.accept(heard).await?;
        self.runtime.quiet().await?;
        Ok(())
    }
}

/// Commands that are staff's where a ticket is open.
const STAFF_COMMANDS: [&str; 8] =
    ["claim", "close", "note", "answer", "teach", "block", "unblock", "transcript"];

/// Where lines come from.
enum Input {
    /// A person with a keyboard: line editing and history.
    Terminal(Box<rustyline::DefaultEditor>),
    /// A pipe or a file.
    Pipe,
}

impl Input {
    fn open() -> anyhow::Result<Self> {
        if io::stdin().is_terminal() && io::stdout().is_terminal() {
            return Ok(Self::Terminal(Box::new(rustyline::DefaultEditor::new()?)));
        }
        Ok(Self::Pipe)
    }

    /// The lines, and a printer that doesn't disturb the one being typed.
    fn split(self) -> anyhow::Result<(Lines, Printer)> {
        match self {
            Self::Terminal(mut editor) => {
                let mut external = editor.create_external_printer()?;
                let printer = move |text: &str| {
                    let _ = external.print(text.to_owned());
                };
                Ok((Lines { editor: Some(editor) }, Box::new(printer)))
            }
            Self::Pipe => {
                let printer = |text: &str| {
                    let _ = output::print(text);
                };
                Ok((Lines { editor: None }, Box::new(printer)))
            }
        }
    }
}

struct Lines {
    editor: Option<Box<rustyline::DefaultEditor>>,
}

impl Lines {
    /// The next line; `None` at the end. A piped line is shown, so that the output reads as a conversation.
    async fn next(&mut self) -> anyhow::Result<Option<String>> {
        let Some(mut editor) = self.editor.take() else { return next_piped().await };
        let (editor, line) = tokio::task::spawn_blocking(move || {
            let line = editor.readline("     you │ ");
            (editor, line)
        })
        .await?;
        let editor = self.editor.insert(editor);
        match line {
            Ok(line) if line.trim().is_empty() => Ok(None),
            Ok(line) => {
                editor.add_history_entry(&line)?;
                Ok(Some(line))
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

async fn next_piped() -> anyhow::Result<Option<String>> {
    let bytes = tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        io::stdin().lock().read_until(b'\n', &mut bytes).map(|read| (0 < read).then_some(bytes))
    })
    .await??;
    let Some(bytes) = bytes else { return Ok(None) };
    // Whatever the pipe holds is a line: what isn't UTF-8 shows as such.
    let line = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
    if !line.trim().is_empty() {
        output::print(&format!("     you | {line}\n"))?;
    }
    Ok(Some(line))
}
