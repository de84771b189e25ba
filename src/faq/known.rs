//! Time zones, countries and languages by the names that people give them.

use opening_hours::localization::Country;

use super::suggest::nearest;

/// A zone whose name is, or ends with, something like `name`.
pub(super) fn time_zone_like(name: &str) -> Option<&'static str> {
    let city = name.rsplit('/').next().unwrap_or(name).replace(' ', "_");
    let by_city = || {
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .find(|zone| zone.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city)))
    };
    let by_country = || match name.to_lowercase().as_str() {
        "mez" | "mesz" | "germany" | "deutschland" => Some("Europe/Berlin"),
        "austria" | "österreich" => Some("Europe/Vienna"),
        "switzerland" | "schweiz" => Some("Europe/Zurich"),
        "england" | "uk" | "bst" => Some("Europe/London"),
        "france" => Some("Europe/Paris"),
        _ => None,
    };
    by_city()
        .or_else(by_country)
        .or_else(|| nearest(name, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())))
}

/// The country that is probably meant by `name`.
pub(super) fn country_like(name: &str) -> Option<Country> {
    let code = match name.to_lowercase().as_str() {
        "germany" | "deutschland" | "ger" | "deu" => "DE",
        "austria" | "österreich" | "aut" => "AT",
        "switzerland" | "schweiz" | "suisse" | "sui" => "CH",
        "france" | "frankreich" | "fra" => "FR",
        "uk" | "england" | "great britain" | "united kingdom" => "GB",
        "usa" | "united states" => "US",
        "ireland" => "IE",
        "canada" => "CA",
        "italy" | "italia" => "IT",
        "spain" | "españa" => "ES",
        "netherlands" | "nederland" => "NL",
        "poland" | "polska" => "PL",
        other => return other.to_uppercase().parse().ok(),
    };
    code.parse().ok()
}

/// The code of the language that people may write out.
pub(super) fn language_like(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let name = name.split(['-', '_']).next().unwrap_or_default();
    Some(match name {
        "english" | "englisch" | "eng" | "en" | "uk" | "us" | "gb" => "en",
        "german" | "deutsch" | "ger" | "deu" | "de" | "at" => "de",
        "french" | "français" | "francais" | "fra" | "fr" => "fr",
        "spanish" | "español" | "espanol" | "spa" | "es" => "es",
        "italian" | "italiano" | "ita" | "it" => "it",
        "dutch" | "nederlands" | "nld" | "nl" => "nl",
        "polish" | "polski" | "pol" | "pl" => "pl",
        "portuguese" | "português" | "por" | "pt" => "pt",
        "turkish" | "türkçe" | "tur" | "tr" => "tr",
        "danish" | "dk" => "da",
        "swedish" | "se" => "sv",
        "czech" | "cz" => "cs",
        _ => return None,
    })
}

/// Whether `code` is a language of ISO 639-1.
pub(super) fn is_language_code(code: &str) -> bool {
    CODES.contains(&code)
}

/// The two-letter codes of ISO 639-1.
const CODES: [&str; 183] = [
    "aa", "ab", "ae", "af", "ak", "am", "an", "ar", "as", "av", "ay", "az", "ba", "be", "bg", "bi", "bm",
    "bn", "bo", "br", "bs", "ca", "ce", "ch", "co", "cr", "cs", "cu", "cv", "cy", "da", "de", "dv", "dz",
    "ee", "el", "en", "eo", "es", "et", "eu", "fa", "ff", "fi", "fj", "fo", "fr", "fy", "ga", "gd", "gl",
    "gn", "gu", "gv", "ha", "he", "hi", "ho", "hr", "ht", "hu", "hy", "hz", "ia", "id", "ie", "ig", "ii",
    "ik", "io", "is", "it", "iu", "ja", "jv", "ka", "kg", "ki", "kj", "kk", "kl", "km", "kn", "ko", "kr",
    "ks", "ku", "kv", "kw", "ky", "la", "lb", "lg", "li", "ln", "lo", "lt", "lu", "lv", "mg", "mh", "mi",
    "mk", "ml", "mn", "mr", "ms", "mt", "my", "na", "nb", "nd", "ne", "ng", "nl", "nn", "no", "nr", "nv",
    "ny", "oc", "oj", "om", "or", "os", "pa", "pi", "pl", "ps", "pt", "qu", "rm", "rn", "ro", "ru", "rw",
    "sa", "sc", "sd", "se", "sg", "si", "sk", "sl", "sm", "sn", "so", "sq", "sr", "ss", "st", "su", "sv",
    "sw", "ta", "te", "tg", "th", "ti", "tk", "tl", "tn", "to", "tr", "ts", "tt", "tw", "ty", "ug", "uk",
    "ur", "uz", "ve", "vi", "vo", "wa", "wo", "xh", "yi", "yo", "za", "zh", "zu",
];
