//! `@bot question` in any chat: matching entries, ready to be sent there.

use serde_json::Value;
use teloxide_core::payloads::AnswerInlineQuery;
use teloxide_core::types::{
    InlineQueryId, InlineQueryResult, InlineQueryResultArticle, InputMessageContent, InputMessageContentText,
};

use crate::channel::split::{split, utf16_units};
use crate::channel::{Lookup, Suggestion};
use crate::desk::Company;
use crate::text::Language;

use super::api::{Api, ApiError};
use super::compose::TEXT;
use super::entities::{entities, words};
use super::send::previews;
use super::update::InlineQuery;

/// Entries offered.
const OFFERED: usize = 8;
/// Longest description below a title, in characters.
const DESCRIPTION: usize = 120;
/// How long Telegram may give the same answer again, in seconds; the owner's changes should show soon.
const CACHED: u32 = 60;

/// Answers `query` with what `lookup` finds.
pub(super) async fn answer(
    api: &Api,
    lookup: &dyn Lookup,
    query: &InlineQuery,
    link_previews: bool,
) -> Result<(), ApiError> {
    let language = query.from.language_code.as_deref().and_then(|code| Language::new(code.get(..2)?));
    let found = lookup.suggest(&query.query, language, OFFERED);
    let results: Vec<InlineQueryResult> =
        found.iter().filter_map(|suggestion| result(suggestion, link_previews)).collect();
    let mut payload = AnswerInlineQuery::new(InlineQueryId(query.id.clone()), results);
    payload.cache_time = Some(CACHED);
    // What is found depends on the language of the asker's app.
    payload.is_personal = Some(true);
    let _: Value = api.call(&payload).await?;
    Ok(())
}

/// An entry to send; none where it has no words of its own.
fn result(suggestion: &Suggestion, link_previews: bool) -> Option<InlineQueryResult> {
    let rich = words(&suggestion.answer, Company::Alone);
    let first = split(&rich, TEXT, utf16_units).into_iter().next()?;
    if first.text.is_empty() {
        return None;
    }
    let (text, entities) = entities(&first);
    let description: String = text.replace('\n', " ").chars().take(DESCRIPTION).collect();
    let content = InputMessageContentText {
        entities: Some(entities),
        link_preview_options: Some(previews(link_previews)),
        ..InputMessageContentText::new(text)
    };
    let title = if suggestion.title.is_empty() { suggestion.id.as_str() } else { &suggestion.title };
    let article =
        InlineQueryResultArticle::new(suggestion.id.as_str(), title, InputMessageContent::Text(content))
            .description(description);
    Some(InlineQueryResult::Article(article))
}
