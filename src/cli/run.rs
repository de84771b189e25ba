//! `deskbell run`: the bot, on all channels that are set up, until somebody stops it.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::stored::{news, open_with_news};
use super::{FINE, MEND, output};
use crate::channel::{Channel, Memory};
use crate::config::Config;
use crate::desk::restored_news;
use crate::faq;
use crate::runtime::{self, Clock, FirstIndex, Parts, Runtime};
use crate::store::{Opened, Store, StoreError};

/// Run the bot on Discord and Telegram
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  DESKBELL_TELEGRAM_TOKEN_FILE=telegram.token deskbell run
  DESKBELL_DISCORD_TOKEN=… deskbell run

Tokens come from the environment, or from files named there, never from the command line. Ctrl-C or SIGTERM stops in
order: nothing more is taken in, what has begun is finished, everything is on disk. Exit code 1: a channel can't go on
until somebody has put something right; the log says what.")]
pub(super) struct Run {}

/// How a channel listens, until it is told to stop.
type Listening = Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>>;

/// A channel that is set up, before the runtime is there that it hands in to.
struct Line {
    channel: Arc<dyn Channel>,
    listen: Listen,
}

/// Makes a channel listen, with what it needs of the runtime.
type Listen = Box<dyn FnOnce(&Runtime, watch::Receiver<bool>) -> Listening>;

impl Run {
    #[expect(clippy::unused_self, reason = "every command is run alike")]
    pub(super) fn run(self, config: &Config) -> anyhow::Result<u8> {
        output::log_to_stderr();
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        threads.block_on(run(config))
    }
}

async fn run(config: &Config) -> anyhow::Result<u8> {
    let (store, opened) = open_when_free(config).await.context("the store can't be opened")?;
    if let Some(news) = news(&opened) {
        tracing::error!("{news}");
    }
    let lines = lines(config, &runtime::memory(store.clone()))?;
    if lines.is_empty() {
        bail!(
            "no channel is set up. Put a bot's token into DESKBELL_TELEGRAM_TOKEN or DESKBELL_DISCORD_TOKEN (or into a \
             file that DESKBELL_…_TOKEN_FILE names); docs/telegram.md and docs/discord.md say how to get one. Without \
             any token, `deskbell chat` talks here in the terminal"
        );
    }
    let clock = Clock::System;
    let (first, faq) = runtime::first_index(&store, &config.faq, clock.now()).await?;
    let Some(first) = first else {
        complain_of(&faq, &config.faq);
        return Ok(MEND);
    };
    announce(&first, &config.faq);
    if let Opened::Restored { lost_since, set_aside, .. } = opened {
        let firm = &first.index.faq().firm;
        let message = restored_news(firm, lost_since, set_aside.display().to_string(), clock.now());
        runtime::tell_owner(store.as_ref(), message, clock.now()).await?;
    }
    let parts = Parts {
        store,
        index: first.index,
        faq: Some(config.faq.clone()),
        policy: config.policy.clone(),
        staff: config.staff.clone(),
        owner: config.owner.clone(),
        clock,
    };
    let channels = lines.iter().map(|line| line.channel.clone()).collect();
    let mut runtime = Runtime::start(parts, channels);
    if let Some(at) = config.health {
        match runtime.open_door(at).await {
            Ok(at) => tracing::info!(%at, "health and metrics: /healthz, /readyz, /metrics"),
            // Answering customers is worth more than being watched.
            Err(error) => {
                tracing::error!(%error, %at, "no door for health and metrics; `health.listen` names another");
            }
        }
    }
    let (stop, stopped) = watch::channel(false);
    let mut listening = JoinSet::new();
    for line in lines {
        listening.spawn((line.listen)(&runtime, stopped.clone()));
    }
    tracing::info!("deskbell is running");
    let mut code = FINE;
    let mut signal = std::pin::pin!(runtime::stop_signal());
    loop {
        tokio::select! {
            () = &mut signal, if !*stop.borrow() => {
                tracing::info!("stopping");
                stop.send_replace(true);
            }
            ended = listening.join_next() => match ended {
                // All have ended: by the signal, or because none can go on.
                None => break,
                Some(Ok(Ok(()))) => {}
                Some(Ok(Err(error))) => {
                    tracing::error!("{error:#}");
                    code = MEND;
                }
                Some(Err(error)) => {
                    tracing::error!(%error, "a channel ended badly");
                    code = MEND;
                }
            }
        }
    }
    runtime.stop().await?;
    Ok(code)
}

/// Opens the store; waits while another deskbell has it. After a crash, a backup or a report may have been quicker; a
/// bot that gave up at once would stay away although nothing is wrong.
async fn open_when_free(config: &Config) -> Result<(Arc<dyn Store>, Opened), StoreError> {
    for look in 0..LOOKS {
        match open_with_news(config) {
            Err(error @ StoreError::Busy { .. }) if look == 0 => {
                tracing::warn!("{error}; waiting for a minute whether it ends");
            }
            Err(StoreError::Busy { .. }) => {}
            opened => return opened,
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    open_with_news(config)
}

/// How often is looked whether the store is free: for a minute.
const LOOKS: u32 = 300;
const BETWEEN_LOOKS: Duration = Duration::from_millis(200);

/// The channels that a token is there for.
fn lines(config: &Config, memory: &Arc<dyn Memory>) -> anyhow::Result<Vec<Line>> {
    #[cfg_attr(
        not(any(feature = "telegram", feature = "discord")),
        expect(unused_mut, reason = "no channel is part of this build")
    )]
    let mut lines = Vec::new();
    #[cfg(feature = "telegram")]
    if let Some(settings) = config.telegram.clone() {
        let telegram = crate::channel::telegram::Telegram::new(settings)?;
        lines.push(Line {
            channel: telegram.clone(),
            listen: Box::new(move |runtime, stop| {
                let (inbox, lookup) = (runtime.inbox(), runtime.lookup(faq::ChannelKind::Telegram));
                Box::pin(async move { Ok(telegram.run(inbox, lookup, stop).await?) })
            }),
        });
    }
    #[cfg(feature = "discord")]
    if let Some(settings) = config.discord.clone() {
        let discord = crate::channel::discord::Discord::new(settings, memory.clone())?;
        lines.push(Line {
            channel: discord.clone(),
            listen: Box::new(move |runtime, stop| {
                let (inbox, lookup) = (runtime.inbox(), runtime.lookup(faq::ChannelKind::Discord));
                Box::pin(async move { Ok(discord.run(inbox, lookup, stop).await?) })
            }),
        });
    }
    let _ = (config, memory);
    Ok(lines)
}

fn complain_of(faq: &faq::Faq, folder: &Path) {
    let shown = folder.display().to_string();
    for problem in &faq.problems {
        output::complain(&faq::render(problem, &faq.sources, &shown, false));
    }
    output::complain(&format!(
        "there is no good FAQ in {shown} and no earlier version to go on with; `deskbell init` writes a sample"
    ));
}

fn announce(first: &FirstIndex, folder: &Path) {
    let entries = first.index.faq().entries.len();
    match first.instead {
        None => tracing::info!(entries, folder = %folder.display(), "the FAQ is live"),
        Some(version) => tracing::warn!(
            entries,
            version,
            "the files in {} have mistakes, so an earlier version is live; `deskbell check` shows them",
            folder.display()
        ),
    }
}
