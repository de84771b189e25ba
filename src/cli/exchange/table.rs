//! A FAQ as a table (CSV): one entry a row, one header row; several things in one field stand on lines of their own.

use anyhow::{Context as _, bail};
use chrono::NaiveDate;

use super::web;
use super::{Found, Item};
use crate::faq::draft::Draft;
use crate::faq::{ChannelKind, EntryId};
use crate::text::Language;

/// The columns, in the order in which they are written.
pub(in crate::cli) const COLUMNS: [&str; 16] = [
    "id",
    "lang",
    "topic",
    "question",
    "also",
    "not",
    "patterns",
    "answer",
    "links",
    "handover",
    "staff_only",
    "from",
    "until",
    "channel",
    "small_talk",
    "note",
];

/// Reads a table. Columns that mean nothing here are named in the notes, and so are rows that can't be taken.
pub(in crate::cli) fn read(text: &str) -> anyhow::Result<Found> {
    let text = text.trim_start_matches('\u{feff}');
    let header = text.lines().next().unwrap_or_default();
    let delimiter =
        *b",;\t".iter().max_by_key(|&&sign| header.bytes().filter(|&b| b == sign).count()).unwrap_or(&b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(text.as_bytes());
    let columns: Vec<String> = reader
        .headers()
        .context("the header row can't be read")?
        .iter()
        .map(|name| name.to_lowercase().replace([' ', '-'], "_"))
        .collect();
    let mut found = Found::default();
    for needed in ["question", "answer"] {
        if !columns.iter().any(|name| name == needed) {
            bail!(
                "there is no column `{needed}`; the header row has {}. Name the columns `question` and `answer`; these are \
                 read as well: {}",
                columns.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
                COLUMNS.join(", ")
            );
        }
    }
    for unknown in columns.iter().filter(|name| !COLUMNS.contains(&name.as_str())) {
        found.notes.push(format!("the column `{unknown}` means nothing here, and was left out"));
    }
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                found.notes.push(format!("a row can't be read, and was left out: {error}"));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let field = |name: &str| {
            columns
                .iter()
                .position(|column| column == name)
                .and_then(|at| record.get(at))
                .map_or("", str::trim)
        };
        match item(&field) {
            Ok(Some(item)) => found.entries.push(item),
            Ok(None) => {}
            Err(problem) => found.notes.push(format!("line {line}: {problem}; the row was left out")),
        }
    }
    Ok(found)
}

/// A row's entry; `None` for an empty row; what is wrong with it otherwise.
fn item<'a>(field: &impl Fn(&str) -> &'a str) -> Result<Option<Item>, String> {
    let title = field("question").split_whitespace().collect::<Vec<_>>().join(" ");
    let answer = web::tame(field("answer"));
    if title.is_empty() && answer.is_empty() {
        return Ok(None);
    }
    if title.is_empty() {
        return Err("there is an answer, but no question".to_owned());
    }
    let handover = yes("handover", field("handover"))?;
    if answer.is_empty() && !handover {
        return Err(format!("“{title}” has no answer"));
    }
    let id = match field("id").trim_start_matches('#') {
        "" => None,
        name => Some(
            EntryId::new(name)
                .ok_or_else(|| format!("`{name}` is no id: small letters, digits and hyphens"))?,
        ),
    };
    let language = match field("lang") {
        "" => None,
        code => Some(
            Language::new(&code.to_lowercase())
                .ok_or_else(|| format!("`{code}` is no language code such as `de`"))?,
        ),
    };
    let draft = Draft {
        id,
        title,
        phrasings: lines(field("also")),
        negatives: lines(field("not")),
        patterns: lines(field("patterns"))
            .into_iter()
            .map(|line| line.trim_matches('/').to_owned())
            .collect(),
        answer,
        links: lines(field("links")).iter().map(|line| link(line)).collect::<Result<_, _>>()?,
        handover,
        staff_only: yes("staff_only", field("staff_only"))?,
        from: day(field("from"))?,
        until: day(field("until"))?,
        channels: field("channel")
            .split([',', ' ', '\n'])
            .filter(|name| !name.is_empty())
            .map(|name| {
                ChannelKind::by_name(&name.to_lowercase()).ok_or_else(|| format!("`{name}` is no channel"))
            })
            .collect::<Result<_, _>>()?,
    };
    let topic = Some(field("topic").to_owned()).filter(|topic| !topic.is_empty());
    Ok(Some(Item { draft, topic, language, small_talk: yes("small_talk", field("small_talk"))? }))
}

/// One thing a line.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

fn yes(column: &str, text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "" | "0" | "no" | "false" | "nein" => Ok(false),
        "1" | "yes" | "true" | "x" | "ja" => Ok(true),
        other => Err(format!("`{other}` in `{column}` is neither yes nor no")),
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("`{text}` is no day such as 2026-12-24"))
}

/// `Label -> id`
fn link(line: &str) -> Result<(String, EntryId), String> {
    let parts = line
        .rsplit_once("->")
        .map(|(label, id)| (label.trim().to_owned(), id.trim().trim_start_matches('#')));
    parts
        .and_then(|(label, id)| Some((label, EntryId::new(id)?)))
        .ok_or_else(|| format!("`{line}` is no link such as `What does it cost? -> costs`"))
}

/// Writes entries as a table that [`read`] reads to the same entries.
pub(in crate::cli) fn write(entries: &[Item]) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&COLUMNS[..COLUMNS.len() - 1])?;
    let flag = |on: bool| if on { "yes".to_owned() } else { String::new() };
    let date = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for Item { draft, topic, language, small_talk } in entries {
        let links: Vec<String> = draft.links.iter().map(|(label, id)| format!("{label} -> {id}")).collect();
        let patterns: Vec<String> = draft.patterns.iter().map(|pattern| format!("/{pattern}/")).collect();
        let channels: Vec<&str> = draft.channels.iter().map(|channel| channel.name()).collect();
        writer.write_record([
            draft.id.as_ref().map(ToString::to_string).unwrap_or_default(),
            language.map(|language| language.to_string()).unwrap_or_default(),
            topic.clone().unwrap_or_default(),
            draft.title.clone(),
            draft.phrasings.join("\n"),
            draft.negatives.join("\n"),
            patterns.join("\n"),
            draft.answer.clone(),
            links.join("\n"),
            flag(draft.handover),
            flag(draft.staff_only),
            date(draft.from),
            date(draft.until),
            channels.join(","),
            flag(*small_talk),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let item = Item {
            draft: Draft {
                id: EntryId::new("costs"),
                title: "What does it \"cost\", really?".to_owned(),
                phrasings: vec!["price".to_owned(), "how much; in all".to_owned()],
                negatives: vec!["cost of living".to_owned()],
                patterns: vec![r"\bEB-(?<order>\d+)\b".to_owned()],
                answer: "**5 €**, {{ phone }}\n\n- a\n- b, c".to_owned(),
                links: vec![("And -> delivery?".to_owned(), EntryId::new("delivery").expect("an id"))],
                handover: true,
                staff_only: false,
                from: NaiveDate::from_ymd_opt(2026, 12, 1),
                until: NaiveDate::from_ymd_opt(2026, 12, 24),
                channels: vec![ChannelKind::Telegram, ChannelKind::Discord],
            },
            topic: Some("Money".to_owned()),
            language: Some(Language::EN),
            small_talk: false,
        };
        let written = write(std::slice::from_ref(&item)).expect("written");
        let found = read(&written).expect("read");
        assert_eq!(found.entries, [item]);
        assert!(found.notes.is_empty(), "{:?}", found.notes);
    }

    #[test]
    fn spreadsheets_of_others_are_read_as_far_as_they_can_be() {
        let text = "\u{feff}Question;Answer;Views;Staff only\nOpen?;Yes;12;\n;;;\n;lonely;;\nWhere?;\"# Here\n> there\";3;perhaps\nWhen?;\"## Now\";;ja\n";
        let found = read(text).expect("read");
        let titles: Vec<&str> = found.entries.iter().map(|item| item.draft.title.as_str()).collect();
        assert_eq!(titles, ["Open?", "When?"]);
        assert_eq!(found.entries[1].draft.answer, "**Now**");
        assert!(found.entries[1].draft.staff_only);
        let notes = found.notes.join("\n");
        for part in [
            "`views` means nothing",
            "line 4: there is an answer, but no question",
            "line 5: `perhaps` in `staff_only`",
        ] {
            assert!(notes.contains(part), "{part} is missing in\n{notes}");
        }
        let complaint = read("Frage,Antwort\na,b\n").expect_err("no known column").to_string();
        assert!(complaint.contains("`frage`, `antwort`") && complaint.contains("`question`"), "{complaint}");
    }
}
