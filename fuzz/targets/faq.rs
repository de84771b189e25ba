//! The owner's files. The first line of an input names the file (`shop.md`, `business.toml`, `checks.toml`), the rest is
//! its content. Reading gives entries and problems, and each problem has a place that can be shown.

#![no_main]

use deskbell::faq::{self, Faq, RawFile, Span, Values};
use libfuzzer_sys::fuzz_target;

const BUSINESS: &[u8] = b"name = 'x'\nlang = 'en'\ntime_zone = 'Europe/Berlin'\nopening_hours = 'Mo-Fr 10:00-18:00'\n\
    [variables]\nphone = '1'\n";

fuzz_target!(|input: &[u8]| {
    let (name, content) = match input.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (&b"shop.md"[..], input),
    };
    let path = match name {
        b"business.toml" => "business.toml",
        b"checks.toml" => "checks.toml",
        b"de/shop.md" => "de/shop.md",
        _ => "shop.md",
    };
    let file = |path: &str, content: &[u8]| RawFile { path: path.to_owned(), content: Ok(content.to_vec()) };
    let mut files = vec![file(path, content), file("other.md", b"## Other {#other}\n> o\n\nO. [a](#a)\n")];
    if path != "business.toml" {
        files.push(file("business.toml", BUSINESS));
    }
    sound(&faq::read(files));
});

fn sound(faq: &Faq) {
    let stands = |span: Span| {
        let text = &faq.sources[span.file.index()].text;
        assert!(text.get(span.range()).is_some(), "{span:?}");
    };
    for problem in &faq.problems {
        stands(problem.span);
        if let Some((span, _)) = &problem.also {
            stands(*span);
        }
        let shown = faq::render(problem, &faq.sources, "faq", true);
        assert!(shown.ends_with('\n') && shown.lines().count() <= 12, "{shown}");
    }
    for entry in &faq.entries {
        stands(entry.span);
        entry.phrasings.iter().for_each(|phrasing| stands(phrasing.span));
        entry.patterns.iter().for_each(|pattern| stands(pattern.span));
        let Some(answer) = entry.reply.answer() else { continue };
        answer.links.iter().for_each(|link| stands(link.span));
        if faq.is_good() {
            let captures = entry.captures(entry.title());
            let values = Values::new(&faq.firm, entry.language, true, "tomorrow", captures);
            answer.render(&values).expect("an answer that was tried at load");
        }
    }
}
