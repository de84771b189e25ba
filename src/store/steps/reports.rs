//! What the owner learns: gaps, drafts, counters.

use std::collections::BTreeMap;

use crate::desk::{ConversationId, Count, Draft, Gap};
use crate::faq::ChannelKind;
use crate::store::record::{self, DraftRecord, GapRecord, count_code, count_from_code};
use crate::store::table::{Key, KeyParts, Table};
use crate::store::view::View;
use crate::store::{StoreError, Tally};
use crate::text::Language;
use crate::time::Timestamp;

use super::next_number;

/// Puts a question into the gap list.
pub(super) fn note_gap(view: &mut View<'_>, gap: &Gap) -> Result<(), StoreError> {
    let number = next_number(view, "next_gap")?;
    let key = Key::of(Table::Gaps).moment(gap.at).number(number);
    view.put(&key, &GapRecord::from(gap))?;
    view.put_bytes(&Key::owned(&gap.conversation, &key), Vec::new());
    Ok(())
}

/// The gap list since `since`, oldest first.
pub(in crate::store) fn gaps(view: &View<'_>, since: Timestamp) -> Result<Vec<Gap>, StoreError> {
    let table = Key::of(Table::Gaps);
    view.range(&table.clone().moment(since), &table.end(), usize::MAX)?
        .iter()
        .map(|(key, value)| Ok(record::decode::<GapRecord>(key, value)?.try_into()?))
        .collect()
}

/// Puts a draft on the list of those to be written to a file.
pub(super) fn save_draft(view: &mut View<'_>, id: &ConversationId, draft: &Draft) -> Result<(), StoreError> {
    let key = Key::numbered(Table::Drafts, next_number(view, "next_draft")?);
    view.put(&key, &DraftRecord::new(id, draft))?;
    view.put_bytes(&Key::owned(id, &key), Vec::new());
    Ok(())
}

/// The drafts on the list, oldest first.
pub(in crate::store) fn drafts(view: &View<'_>) -> Result<Vec<(u64, Draft)>, StoreError> {
    view.all(&Key::of(Table::Drafts))?
        .iter()
        .map(|(key, value)| {
            let number = KeyParts::of(key).number().ok_or_else(|| record::unfit(key, "no number"))?;
            Ok((number, record::decode::<DraftRecord>(key, value)?.try_into()?))
        })
        .collect()
}

/// Takes a draft off the list.
pub(in crate::store) fn draft_written(view: &mut View<'_>, number: u64) -> Result<(), StoreError> {
    let key = Key::numbered(Table::Drafts, number);
    let draft: Option<DraftRecord> = view.get(&key)?;
    if let Some(draft) = draft {
        view.delete(&Key::owned(&draft.conversation()?, &key))?;
        view.delete(&key)?;
    }
    Ok(())
}

/// Counts up.
pub(super) fn count(
    view: &mut View<'_>,
    channel: ChannelKind,
    language: Option<Language>,
    count: &Count,
    now: Timestamp,
) -> Result<(), StoreError> {
    let key = Key::of(Table::Tallies)
        .number(u64::from(day(now)))
        .text(channel.name())
        .text(language.as_ref().map_or("", Language::code))
        .text(&count_code(count));
    let before: u64 = view.get(&key)?.unwrap_or(0);
    view.put(&key, &(before + 1))
}

/// The counters since the day of `since`.
pub(in crate::store) fn tallies(view: &View<'_>, since: Timestamp) -> Result<Vec<Tally>, StoreError> {
    let table = Key::of(Table::Tallies);
    let mut tallies: Vec<Tally> = Vec::new();
    for (key, value) in view.range(&table.clone().number(u64::from(day(since))), &table.end(), usize::MAX)? {
        let unfit = || record::unfit(&key, "the key of a counter");
        let mut parts = KeyParts::of(&key);
        let day = parts.number().and_then(|day| u32::try_from(day).ok()).ok_or_else(unfit)?;
        let channel = parts.text().and_then(ChannelKind::by_name).ok_or_else(unfit)?;
        let language = Language::new(parts.text().ok_or_else(unfit)?);
        let count = count_from_code(parts.text().ok_or_else(unfit)?)?;
        let counted: u64 = record::decode(&key, &value)?;
        match tallies.last_mut() {
            Some(last) if (last.day, last.channel, last.language) == (day, channel, language) => {
                last.counts.insert(count, counted);
            }
            _ => tallies.push(Tally { day, channel, language, counts: BTreeMap::from([(count, counted)]) }),
        }
    }
    Ok(tallies)
}

/// Days since 1970-01-01, UTC; 0 before.
fn day(at: Timestamp) -> u32 {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    u32::try_from(at.as_millis().div_euclid(DAY)).unwrap_or(0)
}
