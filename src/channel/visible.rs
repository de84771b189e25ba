//! Somebody else's words, to the letter: signs that hide or reorder text are shown by their number.

use std::fmt::Write as _;

/// `text`, with every sign that would be invisible, or would turn the order of others, shown as `⟨U+202E⟩`. Signs that
/// belong to scripts and emoji (joiners, variation selectors, direction marks in right-to-left text) stay as they are.
#[must_use]
pub fn visible(text: &str) -> String {
    let right_to_left = text.chars().any(is_right_to_left);
    let mut shown = String::with_capacity(text.len());
    let mut before = '\n';
    for c in text.chars() {
        let belongs = match c {
            '\n' | '\t' => true,
            // Line ends come as `\n`, `\r\n`, and rarely as `\r` alone.
            '\r' => continue,
            // Joiners shape letters of other scripts and hold emoji together; among ASCII letters they only hide.
            '\u{200C}' | '\u{200D}' | '\u{E0100}'..='\u{E01EF}' => !before.is_ascii(),
            // Variation selectors: after an emoji, or a digit of a keycap.
            '\u{FE00}'..='\u{FE0F}' => {
                !before.is_ascii() || before.is_ascii_digit() || matches!(before, '#' | '*')
            }
            // Tags spell out the flags of regions after a black flag.
            '\u{E0000}'..='\u{E007F}' => matches!(before, '\u{1F3F4}' | '\u{E0000}'..='\u{E007F}'),
            '\u{200E}' | '\u{200F}' | '\u{061C}' => right_to_left,
            _ => !(c.is_control() || hides(c)),
        };
        if belongs {
            shown.push(c);
        } else {
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(c));
        }
        before = c;
    }
    shown
}

/// Signs without a shape of their own, and those that turn the order of others.
fn hides(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}' | '\u{200B}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}'
    )
}

fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_or_reorders_is_shown() {
        for (text, shown) in [
            ("pay\u{200B}pal", "pay⟨U+200B⟩pal"),
            ("invoice\u{202E}fdp.exe", "invoice⟨U+202E⟩fdp.exe"),
            ("a\u{200D}b", "a⟨U+200D⟩b"),
            ("nul\0 bell\u{7}", "nul⟨U+0000⟩ bell⟨U+0007⟩"),
            ("flag\u{E0067}", "flag⟨U+E0067⟩"),
            ("a\u{200F}b", "a⟨U+200F⟩b"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn what_belongs_to_scripts_and_emoji_stays() {
        for text in [
            "👨‍👩‍👧",
            "❤️",
            "1️⃣",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "می‌خواهم",
            "שלום\u{200F}!",
            "a\n\tb",
            "é à ß 漢字",
        ] {
            assert_eq!(visible(text), text);
        }
        assert_eq!(visible("one\r\ntwo"), "one\ntwo");
    }
}
