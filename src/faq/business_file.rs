//! `business.toml` -> the firm, each wrong value with its own caret.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use opening_hours::localization::Country;
use toml::de::{DeTable, DeValue};

use super::business::{Firm, Variable, WordingPlace};
use super::hours::{self, OpeningHours};
use super::known::{country_like, is_language_code, language_like, time_zone_like};
use super::problem::Problem;
use super::source::Span;
use super::suggest::did_you_mean;
use super::table::{Item, TomlFile, kind};
use super::template;
use crate::text::Language;

/// What was read, and where its parts stand.
pub(super) struct Business {
    pub(super) firm: Firm,
    /// Where each of the firm's languages is named.
    pub(super) language_places: BTreeMap<Language, Span>,
}

const KEYS: [&str; 9] = [
    "name",
    "lang",
    "languages",
    "time_zone",
    "country",
    "opening_hours",
    "wrong_answers",
    "variables",
    "wording",
];

/// Reads `business.toml`; `found` are the languages that the folders tell, for a file that names none.
pub(super) fn read(file: TomlFile<'_>, found: Vec<Language>, problems: &mut Vec<Problem>) -> Business {
    let before = problems.len();
    let table = file.parse(problems);
    let understood = problems.len() == before;
    let mut reader = Reader {
        file,
        folders: !found.is_empty(),
        business: Business { firm: Firm::unknown(found), language_places: BTreeMap::new() },
        problems,
    };
    let items = file.items(table.get_ref());
    reader.top(&items, understood);
    reader.business
}

struct Reader<'a> {
    file: TomlFile<'a>,
    /// There are folders that tell the languages.
    folders: bool,
    business: Business,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn top(&mut self, items: &[Item<'_, '_>], understood: bool) {
        let find = |key: &str| items.iter().find(|item| item.key == key);
        for item in items {
            if !KEYS.contains(&item.key) {
                let problem = item.unknown(&KEYS);
                self.problems.push(problem);
            }
        }
        match find("name") {
            Some(item) => self.name(item),
            None if understood => self.problems.push(
                Problem::error(self.file.span(0..0), "the firm has no `name`")
                    .hint("write it as customers know it: `name = \"Example Bikes\"`"),
            ),
            None => {}
        }
        self.languages(find("lang"), find("languages"), understood);
        if let Some(item) = find("time_zone") {
            self.time_zone(item);
        }
        let country = find("country").and_then(|item| self.country(item));
        if let Some(item) = find("opening_hours") {
            self.opening_hours(
                item,
                country,
                find("time_zone").is_some() || !understood,
                find("country").is_some(),
            );
        }
        if let Some(item) = find("wrong_answers") {
            self.wrong_answers(item);
        }
        if let Some(item) = find("variables") {
            self.variables(item);
        }
        if let Some(item) = find("wording") {
            self.wording(item);
        }
    }

    fn name(&mut self, item: &Item<'_, '_>) {
        let Some(name) = item.text(self.problems) else {
            return;
        };
        name.trim().clone_into(&mut self.business.firm.name);
        if name.trim().is_empty() {
            self.problems
                .push(Problem::error(item.span, "the name is empty").hint("write it as customers know it"));
        }
    }

    fn languages(&mut self, one: Option<&Item<'_, '_>>, several: Option<&Item<'_, '_>>, understood: bool) {
        let mut named: Vec<(Language, Span)> = Vec::new();
        if let Some(item) = several {
            match item.value {
                DeValue::Array(values) => {
                    for value in values {
                        let span = self.file.span(value.span());
                        match value.get_ref() {
                            DeValue::String(code) => named.extend(self.language(code, span)),
                            other => self.problems.push(
                                Problem::error(
                                    span,
                                    format!("a language must be a text, not {}", kind(other)),
                                )
                                .hint("such as `\"en\"`"),
                            ),
                        }
                    }
                    if values.is_empty() {
                        self.problems.push(
                            Problem::error(item.span, "there is no language in this list")
                                .hint("such as `[\"en\", \"de\"]`"),
                        );
                    }
                }
                DeValue::String(code) => {
                    let problem = item.wrong_kind("a list").hint(format!("write `languages = [\"{code}\"]`"));
                    self.problems.push(problem);
                    named.extend(Language::new(code).map(|language| (language, item.span)));
                }
                _ => self.problems.push(item.wrong_kind("a list").hint("such as `[\"en\", \"de\"]`")),
            }
        }
        if let Some(item) = one {
            if let Some(both) = several {
                self.problems.push(
                    Problem::error(
                        item.key_span,
                        "there are `lang` and `languages`, and one of them is needed",
                    )
                    .also(both.key_span, "the other")
                    .hint("`lang` is for one language, `languages` for several"),
                );
            } else if let Some(code) = item.text(self.problems) {
                named.extend(self.language(code, item.span));
            }
        }
        let mut languages = Vec::new();
        for (language, span) in named {
            if languages.contains(&language) {
                self.problems.push(Problem::warning(span, format!("`{language}` stands here twice")));
            } else {
                languages.push(language);
                self.business.language_places.insert(language, span);
            }
        }
        if !languages.is_empty() {
            self.business.firm.languages = languages;
        } else if one.is_none() && several.is_none() && understood && !self.folders {
            self.problems.push(
                Problem::warning(
                    self.file.span(0..0),
                    "it isn't said in which language the answers are, so they are taken for English",
                )
                .hint("write `lang = \"en\"`, or another code of two letters"),
            );
        }
    }

    fn language(&mut self, code: &str, span: Span) -> Option<(Language, Span)> {
        let known = Language::new(code).filter(|language| is_language_code(language.code()));
        if known.is_none() {
            let problem = Problem::error(span, format!("`{code}` is not the code of a language"));
            self.problems.push(match language_like(code) {
                Some(code) => problem.hint(format!("write `\"{code}\"`")),
                None => problem.hint("two letters, such as `\"en\"` for English or `\"de\"` for German"),
            });
        }
        known.map(|language| (language, span))
    }

    fn time_zone(&mut self, item: &Item<'_, '_>) {
        let Some(name) = item.text(self.problems) else {
            return;
        };
        if let Ok(zone) = name.parse::<Tz>() {
            self.business.firm.time_zone = zone;
            return;
        }
        let hint = time_zone_like(name).map_or_else(
            || "such as `\"Europe/Berlin\"` or `\"America/New_York\"`".to_owned(),
            |zone| format!("did you mean `{zone}`?"),
        );
        self.problems.push(Problem::error(item.span, format!("there is no time zone `{name}`")).hint(hint));
    }

    fn country(&mut self, item: &Item<'_, '_>) -> Option<Country> {
        let code = item.text(self.problems)?;
        if let Ok(country) = code.parse::<Country>() {
            self.business.firm.country = Some(country.iso_code().to_owned());
            return Some(country);
        }
        let hint = country_like(code).map_or_else(
            || "two capital letters, such as `\"DE\"` or `\"US\"`".to_owned(),
            |country| format!("write `\"{}\"` for {}", country.iso_code(), country.name()),
        );
        self.problems
            .push(Problem::error(item.span, format!("the holidays of `{code}` are not known")).hint(hint));
        None
    }

    fn opening_hours(
        &mut self,
        item: &Item<'_, '_>,
        country: Option<Country>,
        has_zone: bool,
        has_country: bool,
    ) {
        let Some(text) = item.text(self.problems) else {
            return;
        };
        let firm = &mut self.business.firm;
        match OpeningHours::parse(text, firm.time_zone, country) {
            Ok(hours) => firm.hours = Some(hours),
            Err(fault) => {
                self.problems.push(fault.problem(self.file.inside(item.span, text, fault.range.clone())));
                return;
            }
        }
        if !has_zone {
            self.problems.push(
                Problem::error(item.key_span, "`opening_hours` need a `time_zone`")
                    .hint("such as `time_zone = \"Europe/Berlin\"`"),
            );
        }
        for (word, kind) in [("PH", "public"), ("SH", "school")] {
            if !has_country && let Some(offset) = hours::find_word(text, word) {
                let span = self.file.inside(item.span, text, offset..offset + word.len());
                self.problems.push(
                    Problem::error(
                        span,
                        format!("`{word}` means {kind} holidays, and it isn't said of which country"),
                    )
                    .hint("such as `country = \"DE\"`"),
                );
            }
        }
        for word in ["sunrise", "sunset", "dawn", "dusk"] {
            if let Some(offset) = hours::find_word(text, word) {
                let span = self.file.inside(item.span, text, offset..offset + word.len());
                self.problems.push(
                    Problem::warning(
                        span,
                        format!(
                            "where the sun stands is not known; `{word}` means {} all year",
                            hours::fixed_time(word)
                        ),
                    )
                    .hint("write a time of day"),
                );
            }
        }
    }

    fn wrong_answers(&mut self, item: &Item<'_, '_>) {
        let share = match item.value {
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Integer(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            _ => {
                self.problems.push(
                    item.wrong_kind("a number")
                        .hint("such as `0.05`: five of a hundred answers may be wrong"),
                );
                return;
            }
        };
        match share.filter(|share| (0.005..=0.5).contains(share)) {
            Some(share) => self.business.firm.wrong_answers = share,
            None => self.problems.push(
                Problem::error(item.span, "`wrong_answers` goes from 0.005 to 0.5")
                    .hint("such as `0.05`: five of a hundred answers may be wrong"),
            ),
        }
    }

    fn variables(&mut self, item: &Item<'_, '_>) {
        let Some(table) = self.table(item, "such as `[variables]`, and below it `phone = \"…\"`") else {
            return;
        };
        for item in self.file.items(table) {
            let Some(name) = self.variable_name(&item) else {
                continue;
            };
            let variable = self.variable(&item);
            // A variable with a wrong value is known all the same: its uses in answers are right.
            self.business
                .firm
                .variables
                .insert(name, variable.unwrap_or_else(|| Variable::Same(String::new())));
        }
    }

    /// The name as answers use it.
    fn variable_name(&mut self, item: &Item<'_, '_>) -> Option<String> {
        if template::RESERVED.contains(&item.key) {
            self.problems.push(
                Problem::error(
                    item.key_span,
                    format!("`{}` has a meaning already, so it can't be a variable", item.key),
                )
                .hint("give it another name"),
            );
            return None;
        }
        if template::is_name(item.key) {
            return Some(item.key.to_owned());
        }
        let better: String = item.key.to_lowercase().replace(['-', ' ', '.'], "_");
        let better = Some(better).filter(|better| template::is_name(better));
        let hint = better.as_ref().map_or_else(
            || "names have small letters, digits and `_`, and begin with a letter".to_owned(),
            |better| format!("write `{better}`"),
        );
        self.problems.push(
            Problem::error(item.key_span, format!("`{}` can't be used in answers", item.key)).hint(hint),
        );
        better
    }

    fn variable(&mut self, item: &Item<'_, '_>) -> Option<Variable> {
        match item.value {
            DeValue::String(text) => Some(Variable::Same(text.clone().into_owned())),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                Some(Variable::Same(self.file.text[item.span.range()].to_owned()))
            }
            DeValue::Table(table) => Some(Variable::By(self.by_language(item, table))),
            DeValue::Boolean(_) | DeValue::Array(_) => {
                let problem = item.wrong_kind("a text").hint(format!("write `{} = \"…\"`", item.key));
                self.problems.push(problem);
                None
            }
        }
    }

    fn by_language(&mut self, variable: &Item<'_, '_>, table: &DeTable<'_>) -> BTreeMap<Language, String> {
        let mut values = BTreeMap::new();
        for item in self.file.items(table) {
            let Some(language) = self.one_of_ours(&item) else {
                continue;
            };
            match item.value {
                DeValue::String(text) => values.insert(language, text.clone().into_owned()),
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                    values.insert(language, self.file.text[item.span.range()].to_owned())
                }
                DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
                    let problem = item.wrong_kind("a text");
                    self.problems.push(problem.hint(format!("write `{} = \"…\"`", item.key)));
                    values.insert(language, String::new())
                }
            };
        }
        let missing: Vec<String> = self
            .business
            .firm
            .languages
            .iter()
            .filter(|&language| !values.contains_key(language))
            .map(|language| format!("`{language}`"))
            .collect();
        if !missing.is_empty() {
            self.problems.push(
                Problem::warning(
                    variable.key_span,
                    format!("`{}` has no value for {}", variable.key, missing.join(", ")),
                )
                .hint("the value of another language is used"),
            );
        }
        values
    }

    /// The language that `item`'s key names.
    fn one_of_ours(&mut self, item: &Item<'_, '_>) -> Option<Language> {
        let languages = &self.business.firm.languages;
        let language = Language::new(item.key).filter(|language| languages.contains(language));
        if language.is_none() {
            let codes: Vec<&str> = languages.iter().map(Language::code).collect();
            let hint = match did_you_mean(item.key, codes.iter().copied()) {
                Some(hint) => hint,
                None => format!(
                    "your languages are {}; more of them go into `languages`",
                    super::table::list(&codes)
                ),
            };
            self.problems.push(
                Problem::error(item.key_span, format!("`{}` is none of your languages", item.key)).hint(hint),
            );
        }
        language
    }

    fn wording(&mut self, item: &Item<'_, '_>) {
        let Some(table) = self.table(item, "such as `[wording.en]`, and sentences below it") else {
            return;
        };
        for item in self.file.items(table) {
            if matches!(item.value, DeValue::String(_)) {
                let code = self.business.firm.languages[0];
                self.problems.push(
                    Problem::error(
                        item.key_span,
                        format!("it isn't said in which language `{}` is", item.key),
                    )
                    .hint(format!("write `[wording.{code}]` above it")),
                );
                continue;
            }
            let Some(language) = self.one_of_ours(&item) else {
                continue;
            };
            let Some(table) = self.table(&item, "sentences go below it: `no_answer = \"…\"`") else {
                continue;
            };
            for item in self.file.items(table) {
                let Some(text) = item.text(self.problems) else {
                    continue;
                };
                let place = WordingPlace { key: item.key_span, value: item.span };
                self.business
                    .firm
                    .wording
                    .entry(language)
                    .or_default()
                    .insert(item.key.to_owned(), text.to_owned());
                self.business
                    .firm
                    .wording_places
                    .entry(language)
                    .or_default()
                    .insert(item.key.to_owned(), place);
            }
        }
    }

    fn table<'t, 'i>(&mut self, item: &Item<'t, 'i>, hint: &str) -> Option<&'t DeTable<'i>> {
        if let DeValue::Table(table) = item.value {
            return Some(table);
        }
        let problem = item.wrong_kind("a table").hint(hint);
        self.problems.push(problem);
        None
    }
}
