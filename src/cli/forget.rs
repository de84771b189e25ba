//! `deskbell forget`: deletes all that is stored about a customer, backups included.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::{FINE, MEND, open_store, output};
use crate::config::Config;
use crate::desk::{Conversation, ConversationId, Stage, TicketId};
use crate::faq::ChannelKind;
use crate::runtime::folder;
use crate::store::{Store, StoreError};
use crate::time::Timestamp;

/// Delete all that is stored about a customer, backups included
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskbell forget telegram:4711        the customer with this number, as a ticket's card shows it
  deskbell forget ticket:12            the customer of this ticket
  deskbell forget discord:3333 --yes   without asking, for scripts

Deleted are their conversations, tickets, unanswered questions, waiting messages and drafts, in the store, its journal
and all backups beside it. It can't be undone. Stop the bot first; while it runs, the customer can do the same by writing
/forget. What was sent stays on Telegram and Discord, entries that you approved stay in your FAQ, and copies made with
`deskbell backup --to` are yours to delete. The counters of `deskbell report` hold nobody's words and stay.")]
pub(super) struct Forget {
    /// PLATFORM:ID, or ticket:NUMBER
    #[arg(value_name = "CUSTOMER")]
    customer: String,
    /// Don't ask
    #[arg(long)]
    yes: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// All that is stored about a customer.
#[derive(Default, Serialize)]
struct Stored {
    conversations: usize,
    lines: usize,
    open_tickets: Vec<u64>,
    tickets: Vec<u64>,
    unanswered_questions: usize,
    drafts: Vec<PathBuf>,
    #[serde(skip)]
    ids: Vec<ConversationId>,
}

impl Forget {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        let store = match open_store(config) {
            Ok(store) => store,
            Err(error @ StoreError::Busy { .. }) => {
                return Err(error).context(
                    "stop the bot first, then forget; or let the customer write /forget, which the bot does itself",
                );
            }
            Err(error) => return Err(error).context("the store can't be opened"),
        };
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        threads.block_on(self.forget(store.as_ref(), config))
    }

    async fn forget(self, store: &dyn Store, config: &Config) -> anyhow::Result<u8> {
        let stored = stored(store, &self.customer, &config.faq.join(folder::DRAFTS)).await?;
        if stored.ids.is_empty() {
            // A purge that was cut off by a crash is finished here.
            store.tidy(Timestamp::default(), Timestamp::default()).await?;
            output::print(&if self.json {
                serde_json::to_string_pretty(&stored)? + "\n"
            } else {
                format!("Nothing is stored about {}.\n", self.customer)
            })?;
            return Ok(FINE);
        }
        if !self.yes {
            output::complain(&format!("Stored about {}: {}", self.customer, said(&stored)));
            match output::confirmed("Delete it, in all backups as well? It can't be undone.")? {
                Some(true) => {}
                Some(false) => {
                    output::complain("Nothing was deleted.");
                    return Ok(MEND);
                }
                None => bail!(
                    "nothing was deleted: nobody is at the terminal to be asked; say --yes if you mean it"
                ),
            }
        }
        for id in &stored.ids {
            store.forget(id).await.context("not all could be deleted; do it again")?;
        }
        for path in &stored.drafts {
            fs::remove_file(path).with_context(|| format!("`{}` can't be deleted", path.display()))?;
        }
        store.flush().await?;
        output::print(&if self.json {
            serde_json::to_string_pretty(&stored)? + "\n"
        } else {
            format!("Deleted, in the store and its backups: {}\n{}", said(&stored), left(&stored))
        })?;
        Ok(FINE)
    }
}

fn said(stored: &Stored) -> String {
    let mut parts = vec![
        format!("{} (with {} lines)", output::counted(stored.conversations, "conversation"), stored.lines),
        output::counted(stored.tickets.len(), "ticket"),
        output::counted(stored.unanswered_questions, "unanswered question"),
    ];
    if !stored.drafts.is_empty() {
        let names: Vec<String> = stored.drafts.iter().map(|path| path.display().to_string()).collect();
        parts.push(format!("{} ({})", output::counted(stored.drafts.len(), "draft"), names.join(", ")));
    }
    parts.join(", ") + "."
}

/// What the owner has to do by hand.
fn left(stored: &Stored) -> String {
    if stored.open_tickets.is_empty() {
        return String::new();
    }
    let numbers: Vec<String> = stored.open_tickets.iter().map(|number| format!("#{number}")).collect();
    format!(
        "Still open: {}. What stands in your staff's chat stays there until you close it.\n",
        numbers.join(", ")
    )
}

/// What is stored about whom `customer` names.
async fn stored(store: &dyn Store, customer: &str, drafts: &Path) -> anyhow::Result<Stored> {
    let ids = conversations(store, customer).await?;
    let mut stored = Stored { conversations: ids.len(), ..Stored::default() };
    let mut tickets = BTreeSet::new();
    for id in &ids {
        let conversation = store.conversation(id).await?;
        stored.lines += conversation.transcript.len();
        tickets.extend(conversation.tickets.iter().map(|ticket| ticket.0));
        if let Stage::WithStaff(ticket) = &conversation.stage {
            stored.open_tickets.push(ticket.id.0);
            tickets.insert(ticket.id.0);
        }
    }
    let gaps = store.gaps(Timestamp::default()).await?;
    stored.unanswered_questions = gaps.iter().filter(|gap| ids.contains(&gap.conversation)).count();
    stored.drafts = drafts_of(drafts, &tickets)?;
    stored.tickets = tickets.into_iter().collect();
    stored.ids = ids;
    Ok(stored)
}

/// The conversations of whom `customer` names: all that they have on their platform.
async fn conversations(store: &dyn Store, customer: &str) -> anyhow::Result<Vec<ConversationId>> {
    let how = "write PLATFORM:ID as a ticket's card shows it, such as telegram:4711, or ticket:12";
    let Some((kind, id)) = customer.split_once(':').filter(|(_, id)| !id.is_empty()) else {
        bail!("`{customer}` names no customer; {how}");
    };
    if kind == "ticket" {
        let Ok(number) = id.trim_start_matches('#').parse() else {
            bail!("`{id}` is no ticket's number; {how}")
        };
        let Some(ticket) = store.ticket(TicketId(number)).await? else { return Ok(Vec::new()) };
        let Conversation { customer, id, .. } = store.conversation(&ticket.conversation).await?;
        return match customer {
            Some(customer) => Ok(store.conversations_of(id.channel(), &customer.id).await?),
            None => Ok(vec![id]),
        };
    }
    let Some(channel) = ChannelKind::by_name(kind) else {
        bail!("`{kind}` is no platform (there are telegram and discord); {how}");
    };
    let mut ids = store.conversations_of(channel, id).await?;
    let named = ConversationId::new(channel, id);
    if ids.is_empty() && store.conversation(&named).await?.version != 0 {
        ids.push(named);
    }
    Ok(ids)
}

/// Drafts that were taught in these tickets: they hold the customer's words.
fn drafts_of(folder: &Path, tickets: &BTreeSet<u64>) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("`{}` can't be read", folder.display()))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ticket = name.rsplit_once("ticket-").and_then(|(_, number)| number.parse().ok());
        if ticket.is_some_and(|ticket: u64| tickets.contains(&ticket)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
