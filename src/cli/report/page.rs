//! A report as one page of HTML: no script, nothing from elsewhere, and it prints well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::figures::{DayFigures, Figures, by_frequency, shown};

/// Entries shown.
const TOP: usize = 15;
/// Size of the chart of days, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;

/// The page.
pub(super) fn page(figures: &Figures, firm: &str, title: impl Fn(&str) -> String) -> String {
    let firm = if firm.is_empty() { "deskbell" } else { firm };
    let mut body = format!(
        "<h1>{}</h1><p class=\"when\">What customers asked, {} to {}</p>",
        escaped(firm),
        figures.from.format("%-d %B %Y"),
        figures.to.format("%-d %B %Y")
    );
    body += &tiles(figures);
    body += &answers(figures);
    body += &days(&figures.days);
    body += &handed_over(figures);
    body += &entries(figures, title);
    body += &table("Channels", &figures.channels);
    body += &table("Languages", &figures.languages);
    let _ = write!(
        body,
        "<p class=\"note\">Time saved: from the {} answers that customers confirmed to all {} that nobody objected to, \
         each worth a call of {} minutes that it may have spared. Answers without a word may have helped or not.</p>",
        figures.helpful,
        figures.answered.saturating_sub(figures.not_this),
        figures.call_minutes
    );
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} · report</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>\n",
        escaped(firm)
    )
}

fn tiles(figures: &Figures) -> String {
    let tile =
        |number: String, what: &str| format!("<div class=\"tile\"><b>{number}</b><span>{what}</span></div>");
    [
        "<section class=\"tiles\">".to_owned(),
        tile(figures.asked.to_string(), "questions asked"),
        tile(figures.answered.to_string(), "answers given"),
        tile(figures.handed_over.to_string(), "handed to a person"),
        tile(
            format!("{:.0}–{:.0} h", figures.hours_saved_at_least, figures.hours_saved_at_most),
            "time saved",
        ),
        "</section>".to_owned(),
    ]
    .concat()
}

/// One bar: how answers were received.
fn answers(figures: &Figures) -> String {
    let parts = [
        (figures.helpful, "good", "confirmed helpful"),
        (figures.silent, "silent", "without a word"),
        (figures.not_this, "bad", "not what was meant"),
    ];
    section("How the answers were received", &stacked(&parts))
}

fn handed_over(figures: &Figures) -> String {
    let most = figures.handed_over_why.values().copied().max().unwrap_or(0);
    let rows: String = by_frequency(&figures.handed_over_why)
        .into_iter()
        .map(|(why, number)| bar_row(why, number, most, "person"))
        .collect();
    let more = format!(
        "<p>Asked back {} times, and a choice was made {} times. Within a day after a ticket was closed, people were \
         called again {} times.</p>",
        figures.clarified, figures.chosen, figures.reopened
    );
    section("Why a person was called", &format!("<table class=\"bars\">{rows}</table>{more}"))
}

fn entries(figures: &Figures, title: impl Fn(&str) -> String) -> String {
    let most = figures.entries.first().map_or(0, |entry| entry.answered);
    let rows: String = figures
        .entries
        .iter()
        .take(TOP)
        .map(|entry| {
            let mut name = title(&entry.id);
            if 0 < entry.not_this {
                let _ = write!(name, " ({} × not meant)", entry.not_this);
            }
            bar_row(&name, entry.answered, most, "answer")
        })
        .collect();
    section("Most given answers", &format!("<table class=\"bars\">{rows}</table>"))
}

fn table(heading: &str, counts: &BTreeMap<String, u64>) -> String {
    let rows = by_frequency(counts);
    let most = rows.first().map_or(0, |(_, number)| *number);
    let rows: String =
        rows.into_iter().map(|(code, number)| bar_row(shown(code), number, most, "answer")).collect();
    section(heading, &format!("<table class=\"bars\">{rows}</table>"))
}

fn section(heading: &str, content: &str) -> String {
    format!("<section><h2>{}</h2>{content}</section>", escaped(heading))
}

fn bar_row(name: &str, number: u64, most: u64, class: &str) -> String {
    format!(
        "<tr><th>{}</th><td class=\"number\">{number}</td><td class=\"bar\"><i class=\"{class}\" style=\"width:{:.1}%\"></i></td></tr>",
        escaped(name),
        share(number, most) * 100.0
    )
}

fn stacked(parts: &[(u64, &str, &str)]) -> String {
    let whole: u64 = parts.iter().map(|(number, _, _)| number).sum();
    let mut bar = "<div class=\"stacked\">".to_owned();
    let mut legend = "<ul class=\"legend\">".to_owned();
    for (number, class, name) in parts {
        let width = share(*number, whole) * 100.0;
        let _ = write!(bar, "<i class=\"{class}\" style=\"width:{width:.2}%\"></i>");
        let _ = write!(legend, "<li><i class=\"{class}\"></i>{name}: {number} ({width:.0} %)</li>");
    }
    format!("{bar}</div>{legend}</ul>")
}

/// Day by day: answered, asked back, handed over, one above the other.
fn days(days: &[DayFigures]) -> String {
    let total = |day: &DayFigures| day.answered + day.clarified + day.handed_over;
    let most = days.iter().map(total).max().unwrap_or(0).max(1);
    #[expect(clippy::cast_precision_loss, reason = "days are few")]
    let step = WIDTH / days.len().max(1) as f64;
    let mut bars = String::new();
    let mut x = 0.0;
    for (number, day) in days.iter().enumerate() {
        let mut top = HEIGHT;
        for (count, class) in [(day.answered, "answer"), (day.clarified, "back"), (day.handed_over, "person")]
        {
            let height = share(count, most) * HEIGHT;
            top -= height;
            let _ = write!(
                bars,
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{height:.1}\"/>",
                step * 0.8
            );
        }
        let labels_every = days.len().div_ceil(8).max(1);
        if number % labels_every == 0 {
            let _ = write!(
                bars,
                "<text x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
                HEIGHT + 16.0,
                day.day.format("%-d %b")
            );
        }
        x += step;
    }
    let legend = "<ul class=\"legend\"><li><i class=\"answer\"></i>answered</li><li><i class=\"back\"></i>asked back</li>\
                  <li><i class=\"person\"></i>handed over</li></ul>";
    let chart = format!(
        "<svg viewBox=\"0 -14 {WIDTH} {:.0}\" role=\"img\" aria-label=\"Questions by day\"><text x=\"0\" y=\"-3\">{most} a day</text>\
         <line x1=\"0\" x2=\"{WIDTH}\" y1=\"{HEIGHT}\" y2=\"{HEIGHT}\"/>{bars}</svg>{legend}",
        HEIGHT + 36.0
    );
    section("Day by day", &chart)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn share(number: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { number as f64 / whole as f64 }
}

/// `text` as it is shown, whatever signs it holds.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
:root{--ink:#1d2733;--soft:#66727f;--line:#dfe4e8;--answer:#2f7d6d;--back:#d9a441;--person:#5b6fb5;--good:#2f7d6d;--silent:#b9c4cc;--bad:#c2573f}\
*{box-sizing:border-box}body{margin:0;background:#fff;color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}\
main{max-width:800px;margin:0 auto;padding:40px 24px}h1{margin:0;font-size:30px}h2{font-size:18px;margin:0 0 12px}\
.when{margin:4px 0 28px;color:var(--soft)}section{margin:0 0 36px;break-inside:avoid}\
.tiles{display:grid;grid-template-columns:repeat(4,1fr);gap:12px}.tile{border:1px solid var(--line);border-radius:10px;padding:14px 16px}\
.tile b{display:block;font-size:28px;line-height:1.2}.tile span{color:var(--soft);font-size:14px}\
.stacked{display:flex;height:26px;border-radius:6px;overflow:hidden;background:var(--line)}.stacked i{display:block;height:100%}\
.legend{list-style:none;margin:10px 0 0;padding:0;display:flex;gap:20px;flex-wrap:wrap;font-size:14px;color:var(--soft)}\
.legend i{display:inline-block;width:11px;height:11px;border-radius:3px;margin-right:7px}\
i.good{background:var(--good)}i.silent{background:var(--silent)}i.bad{background:var(--bad)}i.answer{background:var(--answer)}i.back{background:var(--back)}i.person{background:var(--person)}\
rect.answer{fill:var(--answer)}rect.back{fill:var(--back)}rect.person{fill:var(--person)}svg{width:100%;height:auto}svg text{font-size:12px;fill:var(--soft)}svg line{stroke:var(--line)}\
.bars{width:100%;border-collapse:collapse;font-size:15px}.bars th{text-align:left;font-weight:400;padding:4px 12px 4px 0;width:52%}\
.bars .number{text-align:right;padding-right:12px;width:60px;font-variant-numeric:tabular-nums}.bars .bar i{display:block;height:14px;border-radius:4px;min-width:2px}\
.note{color:var(--soft);font-size:14px;border-top:1px solid var(--line);padding-top:14px}\
@media(max-width:600px){.tiles{grid-template-columns:1fr 1fr}}\
@media print{main{padding:0;max-width:none}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";
