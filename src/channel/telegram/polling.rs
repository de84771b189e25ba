//! Long polling: the next batch is asked for only when the store has all of the last one, since asking for it makes
//! Telegram forget what came before.

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;
use serde_json::value::RawValue;
use teloxide_core::payloads::{DeleteWebhook, GetUpdates};
use tokio::sync::watch;

use crate::channel::NotTaken;

use super::api::ApiError;
use super::intake::Intake;
use super::update::{self, KINDS, Update};
use super::{Fatal, Pauses};

/// Updates in a batch (Telegram's limit).
const BATCH: u8 = 100;
/// What the network may take beyond the time for which Telegram holds an empty answer back.
const MARGIN: Duration = Duration::from_secs(15);
/// First and longest pause before an update that wasn't taken is offered again.
const OFFER_AGAIN: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));
/// First and longest pause after a failed call.
const ASK_AGAIN: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));
/// Pause while another program polls with the same token: it may be our own predecessor on its way out.
const RIVAL: Duration = Duration::from_secs(5);
/// How long the last word to Telegram may take when we stop.
const LAST_WORD: Duration = Duration::from_secs(2);

/// Polls until `stop`.
pub(super) async fn run(intake: &Intake, mut stop: watch::Receiver<bool>) -> Result<(), Fatal> {
    let api = &intake.telegram.api;
    let hold = intake.telegram.settings.poll_timeout;
    let mut offset: Option<i32> = None;
    let mut pauses = Pauses::new(ASK_AGAIN);
    let mut complaint = Complaint::default();
    let mut is_webhook_gone = false;
    while !*stop.borrow() {
        let call = async {
            if !is_webhook_gone {
                let _: Value = api.call(&DeleteWebhook::new()).await?;
            }
            api.call_within(&request(offset, hold), hold + MARGIN).await
        };
        let answer: Result<Vec<Box<RawValue>>, ApiError> = tokio::select! {
            answer = call => answer,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let pause = match answer {
            Ok(batch) => {
                complaint.is_over();
                pauses.reset();
                is_webhook_gone = true;
                let updates = read(&batch);
                let next = updates.iter().map(|update| update.number).max();
                if !take(intake, updates, &stop).await {
                    break;
                }
                offset = next.and_then(|next| i32::try_from(next + 1).ok()).or(offset);
                continue;
            }
            Err(ApiError::Unauthorized) => return Err(Fatal::Unauthorized),
            Err(ApiError::Flood(patience)) => patience,
            Err(ApiError::Conflict(reason)) => {
                is_webhook_gone = false;
                complaint.about(&format!(
                    "another program listens to Telegram with the same token ({reason}). Stop it: only one may run. \
                     If you don't know of any, ask @BotFather for a new token"
                ));
                RIVAL
            }
            Err(error @ (ApiError::Moved(_) | ApiError::No(_) | ApiError::Unreachable(_))) => {
                complaint.about(&format!("Telegram can't be heard: {error}"));
                pauses.next()
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stop.wait_for(|stop| *stop) => break,
        }
    }
    if let Some(offset) = offset {
        // What was taken needn't come again at the next start; if this fails, it does, and is recognised.
        let _ = api
            .call_within::<_, Value>(
                &GetUpdates { limit: Some(1), ..request(Some(offset), Duration::ZERO) },
                LAST_WORD,
            )
            .await;
    }
    Ok(())
}

fn request(offset: Option<i32>, hold: Duration) -> GetUpdates {
    let mut request = GetUpdates::new();
    request.offset = offset;
    request.limit = Some(BATCH);
    request.timeout = u32::try_from(hold.as_secs()).ok();
    request.allowed_updates = Some(KINDS.to_vec());
    request
}

/// The updates of a batch; one that can't be read at all is told to the operator, and left out.
fn read(batch: &[Box<RawValue>]) -> Vec<Update> {
    let read = |json: &str| match update::read(json) {
        Ok(update) => Some(update),
        Err(error) => {
            tracing::error!(%error, "an update can't be read, and is left out");
            // At least its number is known, so that it doesn't come for ever.
            update::number_only(json)
        }
    };
    batch.iter().filter_map(|json| read(json.get())).collect()
}

/// Hands the batch in: in order within each chat, different chats at once. False: we are stopping, and not all of it
/// was taken.
async fn take(intake: &Intake, updates: Vec<Update>, stop: &watch::Receiver<bool>) -> bool {
    let mut lanes: HashMap<(i64, i64), Vec<Update>> = HashMap::new();
    for update in updates {
        lanes.entry(update.lane()).or_default().push(update);
    }
    let taken = join_all(lanes.into_values().map(|lane| take_in_order(intake, lane, stop.clone()))).await;
    taken.into_iter().all(|taken| taken)
}

async fn take_in_order(intake: &Intake, lane: Vec<Update>, mut stop: watch::Receiver<bool>) -> bool {
    for update in lane {
        let mut pauses = Pauses::new(OFFER_AGAIN);
        loop {
            match intake.take(&update).await {
                Ok(()) => break,
                Err(NotTaken::Stopping) => return false,
                Err(error @ (NotTaken::Busy | NotTaken::NotStored(_))) => {
                    let pause = pauses.next();
                    tracing::warn!(%error, ?pause, "an update was not taken; it is offered again");
                    tokio::select! {
                        () = tokio::time::sleep(pause) => {}
                        _ = stop.wait_for(|stop| *stop) => return false,
                    }
                }
            }
        }
    }
    true
}

/// Says once what is wrong, and once that it is over.
#[derive(Default)]
struct Complaint {
    said: Option<String>,
}

impl Complaint {
    fn about(&mut self, words: &str) {
        if self.said.as_deref() != Some(words) {
            tracing::warn!("{words}");
            self.said = Some(words.to_owned());
        }
    }

    fn is_over(&mut self) {
        if self.said.take().is_some() {
            tracing::info!("Telegram is heard again");
        }
    }
}
