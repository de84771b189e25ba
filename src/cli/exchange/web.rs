//! HTML -> Markdown as it may stand below a question.

use std::sync::LazyLock;

use htmd::HtmlToMarkdown;
use htmd::options::{BrStyle, BulletListMarker, Options};
use regex::Regex;

/// The words of `html` alone, on one line: for questions and topics.
pub(super) fn words(html: &str) -> String {
    let markdown = markdown(html);
    let text = markdown.replace("**", "").replace('\\', "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `html` as an answer: no headings, no quotes at its begin, nothing that a template would fill in.
pub(super) fn answer(html: &str) -> String {
    let markdown = markdown(html);
    let inert = markdown.replace("{{", "\\{\\{").replace("{%", "\\{%").replace("{#", "\\{#");
    let linked = RELATIVE_LINK.replace_all(&inert, "$label");
    tame(&linked)
}

/// Markdown that can stand below a question: a heading in it would begin a new entry, so it becomes bold; quotes at the
/// begin would be read as phrasings, so they become words.
pub(super) fn tame(markdown: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut fence = false;
    for line in markdown.trim().lines() {
        let line = line.trim_end();
        if line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~") {
            fence = !fence;
        }
        let is_first = lines.iter().all(String::is_empty);
        lines.push(if fence {
            line.to_owned()
        } else if let Some(heading) = HEADING.captures(line) {
            format!("**{}**", heading["text"].trim_matches('*'))
        } else if is_first && line.starts_with('>') {
            line.trim_start_matches(['>', ' ']).to_owned()
        } else {
            line.to_owned()
        });
    }
    lines.join("\n")
}

/// A heading of any level, its marks at the end left out.
static HEADING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^ {0,3}#{1,6} +(?P<text>.*?) *#* *$").expect("the pattern is right: tested")
});

/// A link that leads somewhere only on the website that it stood on.
static RELATIVE_LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[(?P<label>[^\]]*)\]\((?:/[^/)]|\.|\?|#)[^)]*\)|\[(?P<root>[^\]]*)\]\(/?\)")
        .expect("the pattern is right: tested")
});

fn markdown(html: &str) -> String {
    let options = Options {
        br_style: BrStyle::Backslash,
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    let converter = HtmlToMarkdown::builder()
        .options(options)
        .skip_tags(vec!["script", "style", "iframe", "form"])
        .build();
    // Reading from memory can't fail.
    converter.convert(html).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_an_answer() {
        let table = [
            ("Yes.", "Yes."),
            ("<p>Yes,&nbsp;we <b>do</b>.</p><p>Daily.</p>", "Yes,\u{a0}we **do**.\n\nDaily."),
            ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
            ("<h2>Costs</h2><p>5 €</p>", "**Costs**\n\n5 €"),
            ("<blockquote>Said once</blockquote>", "Said once"),
            ("See <a href=\"https://example.com/x\">there</a>.", "See [there](https://example.com/x)."),
            ("See <a href=\"/contact\">there</a>.", "See there."),
            ("Write {{ name }} {% raw %}", "Write \\{\\{ name }} \\{% raw %}"),
            ("a<br>b", "a\\\nb"),
            ("<script>alert(1)</script>Fine", "Fine"),
        ];
        for (html, markdown) in table {
            assert_eq!(answer(html), markdown, "{html}");
        }
        assert_eq!(words("<b>What</b> does it&nbsp;cost?\n "), "What does it cost?");
    }
}
