//! The gap list made readable: each asking once, alike ones together, the nearest entry beside them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::{Serialize, Serializer};

use crate::desk::{ConversationId, Gap, GapKind};
use crate::faq::{EntryId, Faq};
use crate::matcher::{Audience, Decision, Index, Query, alike, decide, search};
use crate::store::{Store, StoreError};
use crate::text::{Language, normalize};
use crate::time::Timestamp;

/// The list.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Gaps {
    /// Alike questions, most frequent first.
    pub(super) groups: Vec<Group>,
    /// Asked back, and then chosen: phrasings that an entry lacks.
    pub(super) chosen: Vec<Group>,
    /// How often was asked in vain what the files would answer by now.
    pub(super) answered_by_now: usize,
}

/// Questions that ask the same thing.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Group {
    /// How often it was asked.
    pub(super) asked: usize,
    /// How often handed over, asked back, not what was meant.
    #[serde(serialize_with = "by_name")]
    pub(super) kinds: BTreeMap<GapKind, usize>,
    /// The questions, most frequent first.
    pub(super) questions: Vec<Question>,
    /// The nearest entry, one edition a language.
    pub(super) nearest: Vec<Near>,
}

/// A question, however often it was asked in these words.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Question {
    pub(super) text: String,
    #[serde(serialize_with = "code")]
    pub(super) language: Language,
    pub(super) asked: usize,
}

/// An entry, and where it stands.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Near {
    pub(super) id: String,
    pub(super) title: String,
    #[serde(serialize_with = "code")]
    pub(super) language: Language,
    /// Below the FAQ folder.
    pub(super) file: String,
    pub(super) line: u32,
}

impl Near {
    /// The place as every tool prints it.
    pub(super) fn place(&self, folder: &Path) -> String {
        format!("{}:{}", folder.join(&self.file).display(), self.line)
    }
}

/// A gap without anybody's name or number.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    question: String,
    language: Language,
    at: Timestamp,
    kind: GapKind,
    nearest: Option<EntryId>,
    conversation: ConversationId,
}

/// What was asked in vain since `since`. A question that was first asked back and then handed over counts once, as
/// what came of it in the end.
pub(super) async fn asked(store: &dyn Store, since: Timestamp) -> Result<Vec<Asked>, StoreError> {
    let mut names: BTreeMap<ConversationId, String> = BTreeMap::new();
    let mut open: BTreeMap<(ConversationId, String), usize> = BTreeMap::new();
    let mut all: Vec<Asked> = Vec::new();
    for gap in store.gaps(since).await? {
        let Gap { question, language, at, kind, nearest, conversation } = gap;
        let normal = normalize::normalize(&question);
        if normal.is_empty() {
            continue;
        }
        if !names.contains_key(&conversation) {
            let customer = store.conversation(&conversation).await?.customer;
            names.insert(conversation.clone(), customer.map_or_else(String::new, |customer| customer.name));
        }
        let question = without_names(&question, &names[&conversation]);
        let key = (conversation.clone(), normal);
        let asked = Asked { question, language, at, kind, nearest, conversation };
        match open.get(&key) {
            Some(&before) if asked.at.since(all[before].at) <= ONE_ASKING => {
                // "Not what I meant" tells more than the hand-over behind it.
                if all[before].kind != GapKind::NotThis || kind == GapKind::Chosen {
                    all[before] = asked;
                }
            }
            Some(_) | None => {
                open.insert(key, all.len());
                all.push(asked);
            }
        }
    }
    Ok(all)
}

/// Within this time, the same words in the same conversation are one asking.
const ONE_ASKING: std::time::Duration = std::time::Duration::from_secs(60 * 60);

/// Groups what was asked, by what the knowledge base would say to it today.
pub(super) fn group(index: &Index, asked: Vec<Asked>, now: Timestamp) -> Gaps {
    let mut gaps = Gaps::default();
    let (mut open, mut chosen) = (Vec::new(), Vec::new());
    for one in asked {
        match answer(index, &one, now) {
            Some(entry) if one.kind != GapKind::NotThis || one.nearest.as_ref() != Some(&entry) => {
                gaps.answered_by_now += usize::from(one.kind != GapKind::Chosen);
            }
            Some(_) | None if one.kind == GapKind::Chosen => chosen.push(one),
            Some(_) | None => open.push(one),
        }
    }
    let worded = self::worded(open);
    let texts: Vec<&str> = worded.iter().map(|one| one.text.as_str()).collect();
    for group in alike(&texts) {
        let group: Vec<&Worded> = group.iter().map(|&at| &worded[at]).collect();
        gaps.groups.push(made(&group, nearest(index, &group, now).as_ref(), index));
    }
    let mut by_entry: BTreeMap<EntryId, Vec<Asked>> = BTreeMap::new();
    for one in chosen {
        if let Some(id) = one.nearest.clone() {
            by_entry.entry(id).or_default().push(one);
        }
    }
    for (id, asked) in by_entry {
        let worded = self::worded(asked);
        gaps.chosen.push(made(&worded.iter().collect::<Vec<_>>(), Some(&id), index));
    }
    // What comes first in equal numbers was there first: by frequency of its most frequent question, then by name.
    gaps.groups.sort_by_key(|group| Reverse(group.asked));
    gaps.chosen.sort_by_key(|group| Reverse(group.asked));
    gaps
}

/// A question in its words, with all who asked it so.
#[derive(Debug)]
struct Worded {
    text: String,
    language: Language,
    asked: usize,
    kinds: BTreeMap<GapKind, usize>,
    audience: (Language, ConversationId),
    /// Entries that were given for it, and not meant.
    refused: BTreeSet<EntryId>,
}

/// Each wording once, most frequent first.
fn worded(asked: Vec<Asked>) -> Vec<Worded> {
    let mut by_words: BTreeMap<String, Worded> = BTreeMap::new();
    for one in asked {
        let worded = by_words.entry(normalize::normalize(&one.question)).or_insert_with(|| Worded {
            text: one.question.clone(),
            language: one.language,
            asked: 0,
            kinds: BTreeMap::new(),
            audience: (one.language, one.conversation),
            refused: BTreeSet::new(),
        });
        worded.asked += 1;
        *worded.kinds.entry(one.kind).or_insert(0) += 1;
        worded.refused.extend(one.nearest.filter(|_| one.kind == GapKind::NotThis));
    }
    let mut worded: Vec<Worded> = by_words.into_values().collect();
    // Only so many are compared with one another: the most frequent ones.
    worded.sort_by_key(|one| Reverse(one.asked));
    worded
}

fn made(worded: &[&Worded], nearest: Option<&EntryId>, index: &Index) -> Group {
    let mut group = Group {
        asked: 0,
        kinds: BTreeMap::new(),
        questions: Vec::new(),
        nearest: nearest.map(|id| editions(id, index.faq())).unwrap_or_default(),
    };
    for one in worded {
        group.asked += one.asked;
        for (kind, number) in &one.kinds {
            *group.kinds.entry(*kind).or_insert(0) += number;
        }
        group.questions.push(Question { text: one.text.clone(), language: one.language, asked: one.asked });
    }
    group.questions.sort_by_key(|question| Reverse(question.asked));
    group
}

/// All editions of the entry, in the order of the files.
fn editions(id: &EntryId, faq: &Faq) -> Vec<Near> {
    let editions = faq.entries.iter().filter(|entry| entry.id == *id);
    editions
        .map(|entry| {
            let source = &faq.sources[entry.span.file.index()];
            Near {
                id: id.to_string(),
                title: entry.title().to_owned(),
                language: entry.language,
                file: source.path.clone(),
                line: source.position(entry.span.start).line,
            }
        })
        .collect()
}

/// The entry that the knowledge base would answer this with today.
fn answer(index: &Index, asked: &Asked, now: Timestamp) -> Option<EntryId> {
    let audience = audience(asked.language, &asked.conversation, now);
    let query = Query::new(index, &asked.question, audience);
    match decide(&search(index, &query), index.thresholds()) {
        Decision::Answer(best) => Some(best.entry),
        Decision::Clarify(_) | Decision::HandOver(_) => None,
    }
}

/// The entry that comes nearest to the group's most frequent question, and was not refused by those who asked.
fn nearest(index: &Index, group: &[&Worded], now: Timestamp) -> Option<EntryId> {
    let first = group.first()?;
    let (language, conversation) = &first.audience;
    let query = Query::new(index, &first.text, audience(*language, conversation, now));
    let is_refused = |id: &EntryId| group.iter().any(|one| one.refused.contains(id));
    search(index, &query).into_iter().map(|found| found.entry).find(|id| !is_refused(id))
}

fn audience(language: Language, conversation: &ConversationId, now: Timestamp) -> Audience {
    Audience { channel: conversation.channel(), now, language: Some(language) }
}

/// `question` without the customer's name, without mail addresses, and without numbers of five digits and more, such
/// as those of phones and orders.
fn without_names(question: &str, name: &str) -> String {
    let names: BTreeSet<&str> = name.split_whitespace().filter(|part| 3 <= part.chars().count()).collect();
    let is_theirs = |word: &str| {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let mail = bare.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
        mail || names.contains(bare)
    };
    let words = normalize::clean(question);
    let words: Vec<String> = words
        .split(' ')
        .map(|word| if is_theirs(word) { GONE.to_owned() } else { without_long_numbers(word) })
        .collect();
    words.join(" ")
}

/// Stands for what is nobody's business.
const GONE: &str = "…";
/// A number of so many digits names somebody or something of theirs.
const LONG_NUMBER: usize = 5;

fn without_long_numbers(word: &str) -> String {
    let is_part = |c: char| c.is_numeric() || matches!(c, '-' | '/' | '.' | '+' | '(' | ')');
    let digits = word.chars().filter(|c| c.is_numeric()).count();
    let Some(start) = word.find(char::is_numeric).filter(|_| LONG_NUMBER <= digits) else {
        return word.to_owned();
    };
    let end = word
        .rfind(char::is_numeric)
        .map_or(word.len(), |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    let start = word[..start]
        .rfind(|c| !is_part(c))
        .map_or(0, |at| at + word[at..].chars().next().map_or(1, char::len_utf8));
    format!("{}{GONE}{}", &word[..start], &word[end..])
}

fn by_name<S: Serializer>(kinds: &BTreeMap<GapKind, usize>, serializer: S) -> Result<S::Ok, S::Error> {
    let name = |kind: &GapKind| match kind {
        GapKind::Unanswered => "unanswered",
        GapKind::Clarified => "clarified",
        GapKind::NotThis => "not_this",
        GapKind::Chosen => "chosen",
    };
    serializer.collect_map(kinds.iter().map(|(kind, number)| (name(kind), number)))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn code<S: Serializer>(language: &Language, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(language.code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named() {
        let check = |question: &str, shown: &str| assert_eq!(without_names(question, "Anna Sommer"), shown);
        check("I am Anna, where is order 2311-4477?", "I am … where is order …?");
        check("Ist Sommer im Laden?", "Ist … im Laden?");
        check("Schickt es an anna.s@example.org bitte", "Schickt es an … bitte");
        check("call +49(30)1234567 or A-12345x", "call … or A…x");
        check("Do you open at 10:30 on 24.12.?", "Do you open at 10:30 on 24.12.?");
        check("I annotate maps", "I annotate maps");
    }
}
