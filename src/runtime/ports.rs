//! What adapters may ask for: entries while somebody types, and small notes over a restart.

use std::sync::Arc;

use futures::future::BoxFuture;

use crate::channel::{Lookup, Memory, NotTaken, Suggestion};
use crate::desk::Part;
use crate::faq::{ChannelKind, Entry, Use};
use crate::matcher::{Audience, Index, Query, search};
use crate::store::Store;
use crate::text::Language;

use super::Shared;

/// The ports of one channel.
pub(super) struct Ports {
    pub(super) shared: Arc<Shared>,
    pub(super) channel: ChannelKind,
}

impl Lookup for Ports {
    fn suggest(&self, text: &str, language: Option<Language>, limit: usize) -> Vec<Suggestion> {
        let index = self.shared.index.load_full();
        let firm = &index.faq().firm;
        let spoken = language.filter(|language| firm.languages.contains(language));
        let language = spoken.or_else(|| firm.languages.first().copied()).unwrap_or(Language::EN);
        let audience =
            Audience { channel: self.channel, now: self.shared.clock.now(), language: Some(language) };
        let offered = |entry: &&Entry| {
            entry.used == Use::Customers
                && !entry.small_talk
                && entry.season.contains(audience.now)
                && entry.channels.include(audience.channel)
        };
        if text.trim().is_empty() {
            let all = index.faq().entries.iter().filter(|entry| entry.language == language).filter(offered);
            return all.take(limit).map(|entry| self.suggestion(&index, entry)).collect();
        }
        let query = Query::new(&index, text, audience);
        search(&index, &query)
            .iter()
            .filter_map(|found| index.entry(&found.entry, query.language))
            .filter(offered)
            .take(limit)
            .map(|entry| self.suggestion(&index, entry))
            .collect()
    }
}

impl Ports {
    fn suggestion(&self, index: &Index, entry: &Entry) -> Suggestion {
        let answer = crate::desk::answer_in(index.faq(), entry, self.shared.clock.now());
        Suggestion {
            id: entry.id.clone(),
            title: entry.title().to_owned(),
            answer: answer.map(Part::Markdown).into_iter().collect(),
        }
    }
}

/// Small notes of adapters, kept in `store`.
#[must_use]
pub fn memory(store: Arc<dyn Store>) -> Arc<dyn Memory> {
    Arc::new(Notes(store))
}

struct Notes(Arc<dyn Store>);

impl Memory for Notes {
    fn recall<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Option<String>> {
        Box::pin(async move {
            self.0.note(name).await.unwrap_or_else(|error| {
                tracing::warn!(%error, name, "a note can't be read");
                None
            })
        })
    }

    fn remember<'a>(&'a self, name: &'a str, note: String) -> BoxFuture<'a, Result<(), NotTaken>> {
        Box::pin(async move {
            let kept = self.0.keep_note(name, note).await;
            kept.map_err(|error| NotTaken::NotStored(error.to_string()))
        })
    }
}
