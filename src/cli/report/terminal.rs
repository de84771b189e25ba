//! A report in the terminal, with bars.

use std::fmt::Write as _;

use super::figures::{Figures, by_frequency, shown};

/// Width of the longest bar, in signs.
const BAR: u64 = 32;
/// Entries shown.
const TOP: usize = 10;

/// The report as text.
pub(super) fn text(figures: &Figures, firm: &str, title: impl Fn(&str) -> String) -> String {
    let mut text = format!("{firm}  {} to {}\n\n", figures.from, figures.to);
    if figures.asked == 0 && figures.answered == 0 && figures.handed_over == 0 {
        text += "Nobody asked anything in this time.\n";
        return text;
    }
    let most = figures.asked.max(figures.answered).max(figures.handed_over);
    let mut row = |indent: &str, name: &str, number: u64| {
        let _ = writeln!(text, "{:<38}{number:>6}  {}", format!("{indent}{name}"), bar(number, most));
    };
    row("", "asked", figures.asked);
    row("", "answered", figures.answered);
    row("  ", "confirmed helpful", figures.helpful);
    row("  ", "not what was meant", figures.not_this);
    row("  ", "without a word", figures.silent);
    row("", "asked back", figures.clarified);
    row("  ", "then chosen", figures.chosen);
    row("", "handed over", figures.handed_over);
    for (why, number) in by_frequency(&figures.handed_over_why) {
        row("  ", why, number);
    }
    row("", "came back within a day", figures.reopened);
    let _ = writeln!(
        text,
        "\ntime saved                            {:.1} to {:.1} hours, if an answer spares a call of {} minutes",
        figures.hours_saved_at_least, figures.hours_saved_at_most, figures.call_minutes
    );
    if !figures.entries.is_empty() {
        text += "\nmost given answers\n";
        let most = figures.entries.first().map_or(1, |entry| entry.answered);
        for entry in figures.entries.iter().take(TOP) {
            let title = shortened(&title(&entry.id), 40);
            let _ = writeln!(text, "  {:>5}  {:<40}  {}", entry.answered, title, bar(entry.answered, most));
        }
    }
    let list = |all: &std::collections::BTreeMap<String, u64>| {
        by_frequency(all)
            .iter()
            .map(|(code, number)| format!("{} {number}", shown(code)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    if !figures.channels.is_empty() {
        let _ = writeln!(text, "\nchannels   {}", list(&figures.channels));
    }
    if !figures.languages.is_empty() {
        let _ = writeln!(text, "languages  {}", list(&figures.languages));
    }
    text
}

fn bar(number: u64, most: u64) -> String {
    let length = (number * BAR).div_ceil(most.max(1));
    "█".repeat(usize::try_from(length).unwrap_or(0))
}

fn shortened(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit - 1).chain(['…']).collect()
}
