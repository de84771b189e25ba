//! A file's bytes -> its text: UTF-8, `\n`, no byte order mark; and what to say when it is something else.

use super::problem::Problem;
use super::source::{FileId, LARGEST_FILE, RawFile, SourceFile, Span, Unreadable};

/// A file that has been looked at.
pub(super) struct Decoded {
    /// The text; where bytes were no text, `�` stands in their place.
    pub(super) source: SourceFile,
    /// Whether the text is worth reading; if not, `problem` says why.
    pub(super) usable: bool,
    /// What is wrong with the bytes.
    pub(super) problem: Option<Problem>,
}

/// The text of `raw`, which will be number `id` among the sources.
pub(super) fn decode(raw: RawFile, id: FileId) -> Decoded {
    let RawFile { path, content } = raw;
    let content = content.and_then(|bytes| match bytes.len() as u64 {
        size if size <= LARGEST_FILE => Ok(bytes),
        size => Err(Unreadable::TooLarge { size, limit: LARGEST_FILE }),
    });
    match content {
        Ok(bytes) => decode_bytes(path, bytes, id),
        Err(reason) => Decoded {
            source: SourceFile::new(path, String::new()),
            usable: false,
            problem: Some(not_taken(&reason, Span::new(id, 0..0))),
        },
    }
}

fn decode_bytes(path: String, bytes: Vec<u8>, id: FileId) -> Decoded {
    if looks_like_utf16(&bytes) {
        return Decoded {
            source: SourceFile::new(path, String::new()),
            usable: false,
            problem: Some(
                Problem::error(Span::new(id, 0..0), "this file is not UTF-8; it looks like UTF-16")
                    .hint("save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)"),
            ),
        };
    }
    let (text, problem) = match String::from_utf8(bytes) {
        Ok(text) => {
            let text = normalize(&text);
            let problem = nul(&text, id);
            (text, problem)
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let before = String::from_utf8_lossy(&bytes[..valid]);
            let start = normalize(&before).len();
            let problem = not_utf8(bytes[valid], Span::new(id, start..start + '\u{fffd}'.len_utf8()));
            (normalize(&String::from_utf8_lossy(bytes)), Some(problem))
        }
    };
    Decoded { source: SourceFile::new(path, text), usable: true, problem }
}

/// Without the byte order mark, and with `\n` for every kind of line end.
fn normalize(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}

/// UTF-16 has its own byte order mark; without one, every second byte of European text is zero.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(512)];
    let zeros = head.iter().map(|&byte| usize::from(byte == 0)).sum::<usize>();
    bytes.starts_with(&[0xff, 0xfe])
        || bytes.starts_with(&[0xfe, 0xff])
        || (8 <= head.len() && head.len() <= zeros * 3)
}

fn nul(text: &str, id: FileId) -> Option<Problem> {
    let start = text.find('\0')?;
    Some(
        Problem::error(
            Span::new(id, start..start + 1),
            "there is a zero byte here, so this is not a text file",
        )
        .hint("save it again as plain text in UTF-8, or take it out of the folder"),
    )
}

fn not_utf8(byte: u8, span: Span) -> Problem {
    let problem = Problem::error(span, format!("the byte 0x{byte:02X} is not UTF-8"));
    match windows_1252(byte) {
        Some(character) => problem.hint(format!(
            "save the file as UTF-8; it looks like Windows-1252, where this byte is `{character}`"
        )),
        None => problem.hint("save the file as UTF-8"),
    }
}

/// What `byte` means in Windows-1252, for the bytes that people meet.
fn windows_1252(byte: u8) -> Option<char> {
    match byte {
        0x80 => Some('€'),
        0x84 => Some('„'),
        0x85 => Some('…'),
        0x91 => Some('‘'),
        0x92 => Some('’'),
        0x93 => Some('“'),
        0x94 => Some('”'),
        0x96 => Some('–'),
        0x97 => Some('—'),
        0xa1.. => Some(char::from(byte)),
        _ => None,
    }
}

fn not_taken(reason: &Unreadable, span: Span) -> Problem {
    match reason {
        Unreadable::TooLarge { size, limit } => Problem::error(
            span,
            format!("this file is too large: {} MB, and {} MB are allowed", megabytes(*size), limit >> 20),
        )
        .hint("split it, or take it out of the folder"),
        Unreadable::LeadsOut => {
            Problem::error(span, "this is a link to a place outside of the FAQ folder, so it was not read")
                .hint("copy the file itself into the folder")
        }
        Unreadable::Refused(words) => Problem::error(span, format!("this file could not be read: {words}"))
            .hint("let the user that deskbell runs as read it"),
    }
}

/// Rounded up, so that "too large" never shows the limit itself.
fn megabytes(size: u64) -> u64 {
    size.div_ceil(1 << 20)
}
