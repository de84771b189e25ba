//! Answers as templates: `{{ phone }}`, `{% if open_now %}…{% endif %}` (crate minijinja, with fuel).

/// Names that mean something in answers, beside the firm's variables and the groups of patterns.
pub(super) const RESERVED: [&str; 3] = ["name", "open_now", "opens_next"];

/// Whether answers can use a value called `name`.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    begins
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !KEYWORDS.contains(&name)
}

/// Words of the template language.
const KEYWORDS: [&str; 20] = [
    "and", "block", "call", "do", "elif", "else", "endif", "extends", "false", "filter", "for", "if",
    "import", "in", "include", "is", "loop", "none", "not", "or",
];

/// `text` with every template mark replaced by as many bytes of plain letters, so that Markdown doesn't look into it.
pub(super) fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((start, end)) = next_mark(rest) {
        masked.push_str(&rest[..start]);
        masked.extend(rest.as_bytes()[start..end].iter().map(|&byte| if byte == b'\n' { '\n' } else { 'x' }));
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Where the next `{{ … }}`, `{% … %}` or `{# … #}` begins and ends.
fn next_mark(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let start = from + text[from..].find('{')?;
        let closing = match text.as_bytes().get(start + 1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            Some(b'#') => "#}",
            _ => {
                from = start + 1;
                continue;
            }
        };
        let length = text[start + 2..].find(closing)?;
        return Some((start, start + 2 + length + 2));
    }
}
