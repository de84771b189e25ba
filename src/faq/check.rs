//! Rules over the whole set: doubles, dead links between entries, missing translations.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write;

use super::business_file::Business;
use super::entry::{Channels, Entry, EntryId, Link, Phrasing, Reply, Use};
use super::problem::Problem;
use super::same;
use super::source::{FileId, SourceFile, Span};
use super::suggest::did_you_mean;
use super::syntax::Draft;
use super::{Check, Expected, Faq};
use crate::text::Language;
use crate::time::Timestamp;

/// Most names that one summary shows.
const MOST_NAMES: usize = 8;

/// Most dead links for which a similar id is looked for: in a large set with many of them that would take seconds.
const MOST_SUGGESTIONS: usize = 20;

/// What the rules look at.
pub(super) struct Whole<'a> {
    pub(super) drafts: Vec<Draft>,
    pub(super) checks: &'a [Check],
    pub(super) business: &'a Business,
    pub(super) sources: &'a [SourceFile],
    /// A file could not be read: what seems to be missing may stand in it.
    pub(super) incomplete: bool,
}

/// The entries of `whole`, each id once for each language; what breaks a rule goes to `problems`.
pub(super) fn check(whole: Whole<'_>, problems: &mut Vec<Problem>) -> Vec<Entry> {
    doubled_questions(&whole.drafts, problems);
    let mut entries = each_id_once(whole.drafts, problems);
    let ids = Ids::of(&entries);
    if !whole.incomplete {
        links(&entries, &ids, problems);
        expectations(whole.checks, &entries, &ids, problems);
        translations(&entries, &ids, whole.business, problems);
    }
    asked_in_one_way(&entries, whole.sources, problems);
    label_links(&mut entries);
    entries
}

/// Answers of `faq` whose last day was before `now`.
#[must_use]
pub fn overdue(faq: &Faq, now: Timestamp) -> Vec<Problem> {
    let over = faq.entries.iter().filter(|entry| entry.season.until.is_some_and(|until| until <= now));
    over.map(|entry| {
        let last = entry.season.until.map_or(now, |until| Timestamp::from_millis(until.as_millis() - 1));
        let day = faq.firm.local(last).format("%Y-%m-%d");
        Problem::warning(until_place(faq, entry.span), format!("the last day of this answer was {day}"))
            .hint("set `until=` to another day, or take the entry out")
    })
    .collect()
}

/// Where `until=` stands behind the heading at `span`.
fn until_place(faq: &Faq, span: Span) -> Span {
    let Some(source) = faq.sources.get(span.file.index()) else {
        return span;
    };
    let rest = source.text[span.end as usize..].lines().next().unwrap_or_default();
    let Some(start) = rest.find("until=").map(|offset| span.end as usize + offset) else {
        return span;
    };
    let length = source.text[start..].find([' ', '}']).unwrap_or_default();
    Span::new(span.file, start..start + length)
}

/// The same question in two entries that may be given at the same time: the bot can't know which is meant.
fn doubled_questions(drafts: &[Draft], problems: &mut Vec<Problem>) {
    let entries = drafts.iter().map(|draft| &draft.entry).filter(|entry| entry.used == Use::Customers);
    let asked: Vec<(&Entry, &Phrasing)> = entries
        .flat_map(|entry| entry.phrasings.iter().map(move |phrasing| (entry, phrasing)))
        .filter(|(_, phrasing)| phrasing.means_this)
        .collect();
    for group in same::groups(asked.iter().map(|(_, phrasing)| phrasing.text.as_str())) {
        for (position, &index) in group.iter().enumerate() {
            let (entry, phrasing) = asked[index];
            let before = group[..position].iter().take(MOST_NAMES).map(|&index| asked[index]);
            // Two entries with one id are said to be two anyway.
            let first = before.into_iter().find(|(first, other)| {
                first.language == entry.language
                    && first.id != entry.id
                    && can_meet(first, entry)
                    && same::is_same(&other.text, &phrasing.text)
            });
            problems.extend(first.map(|(_, first)| {
                let message = "this question stands in two entries, so the bot has to ask back";
                Problem::warning(phrasing.span, message)
                    .also(first.span, "the first")
                    .hint("keep it in one of them, or write it differently")
            }));
        }
    }
}

/// Whether both may be given at the same time in the same place.
fn can_meet(a: &Entry, b: &Entry) -> bool {
    let starts_before = |first: Option<Timestamp>, end: Option<Timestamp>| match (first, end) {
        (Some(first), Some(end)) => first < end,
        _ => true,
    };
    share_a_channel(&a.channels, &b.channels)
        && starts_before(a.season.from, b.season.until)
        && starts_before(b.season.from, a.season.until)
}

fn share_a_channel(a: &Channels, b: &Channels) -> bool {
    match (a, b) {
        (Channels::All, _) | (_, Channels::All) => true,
        (Channels::Only(a), Channels::Only(b)) => a.iter().any(|kind| b.contains(kind)),
    }
}

/// The entries without those whose id is taken.
fn each_id_once(drafts: Vec<Draft>, problems: &mut Vec<Problem>) -> Vec<Entry> {
    let mut first_with: HashMap<(Language, &EntryId), usize> = HashMap::with_capacity(drafts.len());
    let mut taken: HashSet<usize> = HashSet::new();
    for (index, draft) in drafts.iter().enumerate() {
        let first = *first_with.entry((draft.entry.language, &draft.entry.id)).or_insert(index);
        if first != index {
            taken.insert(index);
            problems.push(id_is_taken(draft, &drafts[first]));
        }
    }
    let kept = drafts.into_iter().enumerate().filter(|(index, _)| !taken.contains(index));
    kept.map(|(_, draft)| draft.entry).collect()
}

fn id_is_taken(draft: &Draft, first: &Draft) -> Problem {
    let what = if draft.named || first.named {
        "this id is taken"
    } else {
        "this question gives an id that is taken"
    };
    let hint = if same::is_same(draft.entry.title(), first.entry.title()) {
        "keep one of the two entries"
    } else {
        "give one of them another id: `{#another-name}`"
    };
    Problem::error(draft.entry.span, format!("{what}: `#{}`", draft.entry.id))
        .also(first.entry.span, "the first")
        .hint(hint)
}

/// The entries by id, and the languages that there are.
struct Ids<'a> {
    entries: HashMap<(Language, &'a EntryId), &'a Entry>,
    languages: BTreeSet<Language>,
}

impl<'a> Ids<'a> {
    fn of(entries: &'a [Entry]) -> Self {
        let by_id = entries.iter().map(|entry| ((entry.language, &entry.id), entry)).collect();
        let languages = entries.iter().map(|entry| entry.language).collect();
        Self { entries: by_id, languages }
    }

    fn entry(&self, language: Language, id: &EntryId) -> Option<&'a Entry> {
        self.entries.get(&(language, id)).copied()
    }

    /// The languages in which there is an entry `id`.
    fn languages(&self, id: &EntryId) -> impl Iterator<Item = Language> {
        self.languages.iter().copied().filter(|&language| self.entry(language, id).is_some())
    }

    /// The nearest id, for the first few that are asked.
    fn like(&self, id: &EntryId, asked: &mut usize) -> Option<String> {
        *asked += 1;
        if MOST_SUGGESTIONS < *asked {
            return None;
        }
        // Sorted, so that of two equally near ones always the same is shown.
        let mut names: Vec<&str> = self.entries.keys().map(|(_, id)| id.as_str()).collect();
        names.sort_unstable();
        did_you_mean(id.as_str(), names)
    }
}

/// Buttons that lead nowhere, or where nobody is allowed to go.
fn links(entries: &[Entry], ids: &Ids<'_>, problems: &mut Vec<Problem>) {
    let mut asked = 0;
    for entry in entries {
        for link in entry.reply.answer().map_or(&[][..], |answer| &answer.links) {
            let Some(target) = ids.entry(entry.language, &link.to) else {
                problems.push(dead(link, entry.language, ids, &mut asked));
                continue;
            };
            problems.extend(useless(link, entry, target));
        }
    }
}

fn dead(link: &Link, language: Language, ids: &Ids<'_>, asked: &mut usize) -> Problem {
    match ids.languages(&link.to).next() {
        None => {
            let hint = ids
                .like(&link.to, asked)
                .unwrap_or_else(|| "write the id of an entry, as it stands in its heading".to_owned());
            Problem::error(link.span, format!("there is no entry `#{}`", link.to)).hint(hint)
        }
        Some(other) => Problem::warning(
            link.span,
            format!("`#{}` exists in `{other}` only, so this button changes the language", link.to),
        )
        .hint(format!("write the entry `#{}` in `{language}`, too", link.to)),
    }
}

fn useless(link: &Link, entry: &Entry, target: &Entry) -> Option<Problem> {
    let id = &link.to;
    if target.id == entry.id {
        return Some(
            Problem::warning(link.span, "this button leads to the answer in which it stands")
                .hint("take it out"),
        );
    }
    if target.used == Use::StaffOnly && entry.used == Use::Customers {
        return Some(
            Problem::error(link.span, format!("customers can't be given `#{id}`, it is for staff only"))
                .also(target.span, "this entry")
                .hint("take the link out, or `.staff-only` behind the other heading"),
        );
    }
    if !share_a_channel(&entry.channels, &target.channels) {
        return Some(
            Problem::warning(link.span, format!("`#{id}` is never given on the channels of this answer"))
                .also(target.span, "this entry")
                .hint("take the link out, or change `channel=`"),
        );
    }
    (!can_meet(entry, target)).then(|| {
        Problem::warning(link.span, format!("`#{id}` is never given at the same time as this answer"))
            .also(target.span, "this entry")
            .hint("take the link out, or change `from=` and `until=`")
    })
}

/// `checks.toml` names entries that aren't there.
fn expectations(checks: &[Check], entries: &[Entry], ids: &Ids<'_>, problems: &mut Vec<Problem>) {
    let staff_only: HashSet<&EntryId> =
        entries.iter().filter(|entry| entry.used == Use::StaffOnly).map(|entry| &entry.id).collect();
    let mut asked = 0;
    for check in checks {
        let Expected::Entry(id) = &check.expected else {
            continue;
        };
        if ids.languages(id).next().is_none() {
            let hint = ids
                .like(id, &mut asked)
                .unwrap_or_else(|| "write the id of an entry, or `\"person\"`".to_owned());
            problems
                .push(Problem::error(check.expected_span, format!("there is no entry `#{id}`")).hint(hint));
        } else if staff_only.contains(id) {
            problems.push(
                Problem::error(
                    check.expected_span,
                    format!("`#{id}` is for staff only, so no question can get it"),
                )
                .hint("write another id, or `\"person\"`"),
            );
        }
    }
}

/// One word for each language, and not one for each entry.
fn translations(entries: &[Entry], ids: &Ids<'_>, business: &Business, problems: &mut Vec<Problem>) {
    if business.firm.languages.len() < 2 || entries.is_empty() {
        return;
    }
    for language in &business.firm.languages {
        let Some(&place) = business.language_places.get(language) else {
            continue;
        };
        let mut missing: Vec<&EntryId> = Vec::new();
        let mut seen: HashSet<&EntryId> = HashSet::new();
        for entry in entries.iter().filter(|entry| entry.used == Use::Customers) {
            if ids.entry(*language, &entry.id).is_none() && seen.insert(&entry.id) {
                missing.push(&entry.id);
            }
        }
        let Some(first) = missing.first() else {
            continue;
        };
        problems.push(if entries.iter().any(|entry| entry.language == *language) {
            let message = match missing.len() {
                1 => format!("`#{first}` is not there in `{language}`"),
                count => format!("{count} entries are not there in `{language}`: {}", names(&missing)),
            };
            Problem::warning(place, message)
                .hint("customers get the answer in another language; a translation has the same id")
        } else {
            Problem::warning(place, format!("there is no entry in `{language}` yet"))
                .hint(format!("write one in the folder `{language}/`, or take `{language}` out"))
        });
    }
}

fn names(ids: &[&EntryId]) -> String {
    let mut names = String::new();
    for (index, id) in ids.iter().take(MOST_NAMES).enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let _ = write!(names, "{comma}`#{id}`");
    }
    if MOST_NAMES < ids.len() {
        let _ = write!(names, " and {} more", ids.len() - MOST_NAMES);
    }
    names
}

/// One word for each file: these are the entries that will be missed most.
fn asked_in_one_way(entries: &[Entry], sources: &[SourceFile], problems: &mut Vec<Problem>) {
    let mut by_file: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for entry in entries {
        let ways =
            entry.phrasings.iter().filter(|phrasing| phrasing.means_this).count() + entry.patterns.len();
        if ways < 2 && entry.used == Use::Customers {
            by_file.entry(entry.span.file).or_default().push(entry.span);
        }
    }
    for (file, spans) in by_file {
        let [first, others @ ..] = &spans[..] else {
            continue;
        };
        let line = |span: &Span| sources[file.index()].position(span.start).line.to_string();
        let message = match others {
            [] => "this is asked in one way only".to_owned(),
            [other] => format!("this is asked in one way only, and so is the one in line {}", line(other)),
            _ => {
                let mut lines: Vec<String> = others.iter().take(MOST_NAMES).map(line).collect();
                let last = match others.len().checked_sub(MOST_NAMES) {
                    Some(more @ 1..) => format!("{more} more"),
                    _ => lines.pop().unwrap_or_default(),
                };
                format!(
                    "this is asked in one way only, and so are those in lines {} and {last}",
                    lines.join(", ")
                )
            }
        };
        problems.push(
            Problem::warning(*first, message)
                .hint("add two or three lines with `>` below the heading: other words that customers use"),
        );
    }
}

/// A button without a label is called like the entry that it leads to.
fn label_links(entries: &mut [Entry]) {
    let links = |entry: &Entry| {
        entry.reply.answer().is_some_and(|answer| answer.links.iter().any(|link| link.label.is_empty()))
    };
    if !entries.iter().any(links) {
        return;
    }
    let titles: HashMap<(Language, EntryId), String> =
        entries.iter().map(|entry| ((entry.language, entry.id.clone()), entry.title().to_owned())).collect();
    for entry in entries {
        let language = entry.language;
        let (Reply::Answer(answer) | Reply::AnswerThenHandOver(answer)) = &mut entry.reply else {
            continue;
        };
        for link in answer.links.iter_mut().filter(|link| link.label.is_empty()) {
            let title = titles.get(&(language, link.to.clone()));
            link.label = title.cloned().unwrap_or_else(|| link.to.to_string());
        }
    }
}
