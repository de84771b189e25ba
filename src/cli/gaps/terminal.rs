//! The gap list in the terminal.

use std::fmt::Write as _;
use std::path::Path;

use crate::desk::GapKind;
use crate::faq::Faq;
use crate::faq::draft::phrasing_line;
use crate::text::Language;

use super::groups::{Gaps, Group, Near, Question};
use super::words::{Words, words};

/// Groups shown, unless all are wanted.
const GROUPS: usize = 20;
/// Questions shown of a group, unless all are wanted.
const QUESTIONS: usize = 6;

/// What is shown, and how.
pub(super) struct Page<'a> {
    pub(super) gaps: &'a Gaps,
    pub(super) faq: &'a Faq,
    /// The FAQ folder.
    pub(super) folder: &'a Path,
    /// First and last day.
    pub(super) period: (String, String),
    pub(super) all: bool,
    pub(super) color: bool,
}

impl Page<'_> {
    /// The list as text, in the firm's first language.
    pub(super) fn text(&self) -> String {
        let words = self.words();
        let (from, to) = &self.period;
        let firm = if self.faq.firm.name.is_empty() { "deskbell" } else { &self.faq.firm.name };
        let mut text = format!("{firm} · {} · {from} – {to}\n", words.heading);
        let Gaps { groups, chosen, answered_by_now } = self.gaps;
        if groups.is_empty() && chosen.is_empty() {
            let _ = writeln!(text, "\n{}", words.nothing);
        }
        let shown = if self.all { groups.len() } else { GROUPS };
        for group in groups.iter().take(shown) {
            text += &self.group(group);
        }
        if shown < groups.len() {
            let _ = writeln!(text, "\n{}", filled(words.more, groups.len() - shown));
        }
        if !chosen.is_empty() {
            let _ = writeln!(text, "\n{}", self.bold(words.chosen));
        }
        for group in chosen {
            text += &self.group(group);
        }
        if !groups.is_empty() || !chosen.is_empty() {
            let _ = writeln!(text, "\n{}", words.paste);
        }
        if *answered_by_now != 0 {
            let _ = writeln!(text, "\n{}", filled(words.answered_by_now, *answered_by_now));
        }
        text
    }

    fn group(&self, group: &Group) -> String {
        let words = self.words();
        let kinds: Vec<String> = group
            .kinds
            .iter()
            .filter_map(|(kind, number)| {
                let name = match kind {
                    GapKind::Unanswered => words.unanswered,
                    GapKind::Clarified => words.clarified,
                    GapKind::NotThis => words.not_this,
                    GapKind::Chosen => return None,
                };
                Some(format!("{name} {number}"))
            })
            .collect();
        let title = group.questions.first().map_or("", |question| question.text.as_str());
        let mut text = format!("\n{:>4} ×  {}\n", group.asked, self.bold(title));
        if !kinds.is_empty() {
            let _ = writeln!(text, "        {}", kinds.join(", "));
        }
        let mut languages: Vec<Language> = group.questions.iter().map(|question| question.language).collect();
        languages.sort_unstable();
        languages.dedup();
        for language in languages {
            let edition =
                group.nearest.iter().find(|near| near.language == language).or(group.nearest.first());
            let _ = match edition {
                Some(near) => writeln!(text, "        {}", self.near(near)),
                None => writeln!(text, "        {}", words.nothing_near),
            };
            let questions: Vec<&Question> =
                group.questions.iter().filter(|question| question.language == language).collect();
            let shown = if self.all { questions.len() } else { QUESTIONS };
            for line in questions.iter().take(shown).filter_map(|question| phrasing_line(&question.text)) {
                let _ = writeln!(text, "{line}");
            }
            if shown < questions.len() {
                let _ = writeln!(text, "        {}", filled(words.more_like_these, questions.len() - shown));
            }
        }
        text
    }

    fn near(&self, near: &Near) -> String {
        format!("{} #{} · {} · {}", self.words().nearest, near.id, near.title, near.place(self.folder))
    }

    fn words(&self) -> &'static Words {
        words(self.faq.firm.languages.first().copied().unwrap_or(Language::EN))
    }

    fn bold(&self, text: &str) -> String {
        if self.color { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

fn filled(sentence: &str, number: usize) -> String {
    sentence.replace("{n}", &number.to_string())
}
