//! The whole folder: which file is what, and all of them -> one [`Faq`].

use std::collections::BTreeSet;

use super::business::Firm;
use super::business_file::{self, Business};
use super::check::{Whole, check};
use super::checks_file;
use super::decode::{Decoded, decode};
use super::problem::Problem;
use super::source::{Digest, FileId, RawFile, SourceFile, Span, offset_u32};
use super::syntax::{self, Draft, Sheet};
use super::table::TomlFile;
use super::trial::Trial;
use super::{Check, Faq};
use crate::text::Language;

/// The knowledge base in `files`, and everything that is wrong with it. Never fails; the order of `files` doesn't matter.
#[must_use]
pub fn read(files: Vec<RawFile>) -> Faq {
    let mut files: Vec<(Role, RawFile)> = files
        .into_iter()
        .map(|file| (Role::of(&file.path), file))
        .filter(|(role, _)| *role != Role::Ignored)
        .collect();
    files.sort_by(|(_, a), (_, b)| a.path.cmp(&b.path));
    let digest = Digest::of(files.iter().map(|(_, file)| file));
    let mut folder = Folder::default();
    for (role, file) in files {
        folder.add(role, file);
    }
    folder.finish(digest)
}

/// What a file is, as its path tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// `business.toml`.
    Business,
    /// `checks.toml`.
    Checks,
    /// Entries.
    Page,
    /// Probably meant for deskbell, but not in a form that it reads.
    Foreign,
    /// Nothing of ours.
    Ignored,
}

impl Role {
    fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let hidden = path.split('/').any(|part| part.starts_with('.'));
        if hidden
            || name.ends_with('~')
            || path.starts_with("drafts/")
            || name.eq_ignore_ascii_case("README.md")
        {
            return Self::Ignored;
        }
        if path == "business.toml" {
            return Self::Business;
        }
        if path == "checks.toml" {
            return Self::Checks;
        }
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            Some("md") => Self::Page,
            Some("toml" | "txt" | "markdown" | "mdown" | "doc" | "docx" | "odt" | "rtf" | "yaml" | "yml") => {
                Self::Foreign
            }
            _ => Self::Ignored,
        }
    }
}

/// The file whose entries are small talk.
const SMALL_TALK: &str = "smalltalk.md";

#[derive(Default)]
struct Folder {
    sources: Vec<SourceFile>,
    problems: Vec<Problem>,
    /// What is wrong with the bytes of files; nothing else is said about these.
    damage: Vec<Problem>,
    business: Option<FileId>,
    checks: Option<FileId>,
    pages: Vec<FileId>,
    /// A file could not be read, so what seems to be missing may stand in it.
    incomplete: bool,
}

impl Folder {
    fn add(&mut self, role: Role, file: RawFile) {
        let id = FileId(offset_u32(self.sources.len()));
        if role == Role::Foreign {
            self.problems.push(foreign(&file.path, Span::new(id, 0..0)));
            self.sources.push(SourceFile::new(file.path, String::new()));
            return;
        }
        let Decoded { source, usable, problem } = decode(file, id);
        self.sources.push(source);
        self.damage.extend(problem);
        match role {
            // A file that isn't usable counts as there, but empty: it is said already that it can't be read.
            _ if !usable => self.incomplete = true,
            Role::Business => self.business = Some(id),
            Role::Checks => self.checks = Some(id),
            Role::Page => self.pages.push(id),
            Role::Foreign | Role::Ignored => {}
        }
    }

    fn finish(mut self, digest: Digest) -> Faq {
        let business = self.business();
        let before = self.problems.len();
        let mut drafts: Vec<Draft> = Vec::new();
        for file in self.pages.clone() {
            let language = self.language(file, &business);
            let source = &self.sources[file.index()];
            let sheet = Sheet {
                file,
                text: &source.text,
                language,
                firm: &business.firm,
                small_talk: source.path.rsplit('/').next() == Some(SMALL_TALK),
            };
            let mut read = syntax::read(sheet);
            self.problems.append(&mut read.problems);
            drafts.append(&mut read.entries);
        }
        // Whoever wrote questions that aren't understood doesn't need to hear that there are none.
        let pages_are_wrong = before < self.problems.len();
        let mut trial = Trial::new(&business.firm);
        for draft in &drafts {
            trial.run(draft, &mut self.problems);
        }
        let checks = self.checks();
        if drafts.is_empty() && !self.incomplete && !pages_are_wrong {
            self.no_entries(&business);
        }
        let whole = Whole {
            drafts,
            checks: &checks,
            business: &business,
            sources: &self.sources,
            incomplete: self.incomplete,
        };
        let entries = check(whole, &mut self.problems);
        let damaged: BTreeSet<FileId> = self.damage.iter().map(|problem| problem.span.file).collect();
        self.problems.retain(|problem| !damaged.contains(&problem.span.file));
        self.problems.append(&mut self.damage);
        self.problems.sort_by_key(|problem| (problem.span.file, problem.span.start, problem.severity));
        Faq { firm: business.firm, entries, checks, problems: self.problems, sources: self.sources, digest }
    }

    fn business(&mut self) -> Business {
        let found = self.folder_languages();
        if let Some(id) = self.business {
            let file = TomlFile { id, text: &self.sources[id.index()].text };
            return business_file::read(file, found, &mut self.problems);
        }
        if !self.sources.iter().any(|source| source.path == "business.toml") {
            let id = FileId(offset_u32(self.sources.len()));
            self.sources.push(SourceFile::new("business.toml".to_owned(), String::new()));
            self.problems.push(
                Problem::warning(
                    Span::new(id, 0..0),
                    "there is no `business.toml`, so the bot doesn't know whose it is",
                )
                .hint(
                    "write one: `name = \"Example Bikes\"`, `lang = \"en\"`, `time_zone = \"Europe/Berlin\"`",
                ),
            );
        }
        Business::unknown(found)
    }

    fn no_entries(&mut self, business: &Business) {
        let place = self.sources.iter().position(|source| source.path == "business.toml");
        let id = FileId(offset_u32(place.unwrap_or_default()));
        let folder = match business.firm.languages[..] {
            [_] => String::new(),
            _ => format!("{}/", business.firm.languages[0]),
        };
        self.problems.push(
            Problem::error(
                Span::new(id, 0..0),
                "there is no question in any file, so the bot can't answer anything",
            )
            .hint(format!("write `{folder}faq.md`: a line `## When are you open?`, and the answer below it")),
        );
    }

    fn checks(&mut self) -> Vec<Check> {
        let Some(id) = self.checks else {
            return Vec::new();
        };
        let file = TomlFile { id, text: &self.sources[id.index()].text };
        checks_file::read(file, &mut self.problems)
    }

    /// The languages that have a folder.
    fn folder_languages(&self) -> Vec<Language> {
        let paths = self.pages.iter().map(|id| self.sources[id.index()].path.as_str());
        let languages: BTreeSet<Language> =
            paths.filter_map(|path| Language::new(path.split_once('/')?.0)).collect();
        languages.into_iter().collect()
    }

    /// The language in which `file` is written; where nobody can tell, a problem says so.
    fn language(&mut self, file: FileId, business: &Business) -> Language {
        let path = &self.sources[file.index()].path;
        let languages = &business.firm.languages;
        let span = Span::new(file, 0..0);
        if let Some(language) = path.split_once('/').and_then(|(top, _)| Language::new(top)) {
            if !languages.contains(&language) {
                let message = format!(
                    "this stands in the folder `{language}`, but `{language}` is none of your languages"
                );
                let all = quoted(languages, language);
                let hint = format!("add it to `languages` in business.toml: `languages = [{all}]`");
                self.problems.push(Problem::error(span, message).hint(hint));
            }
            return language;
        }
        let first = languages[0];
        if 1 < languages.len() {
            let name = path.rsplit('/').next().unwrap_or(path);
            self.problems.push(
                Problem::error(span, "it isn't said in which language this file is")
                    .hint(format!("move it into the folder of its language, such as `{first}/{name}`")),
            );
        }
        first
    }
}

impl Business {
    fn unknown(found: Vec<Language>) -> Self {
        Self { firm: Firm::unknown(found), language_places: std::collections::BTreeMap::new() }
    }
}

fn quoted(languages: &[Language], another: Language) -> String {
    let all: Vec<String> =
        languages.iter().chain([&another]).map(|language| format!("\"{language}\"")).collect();
    all.join(", ")
}

fn foreign(path: &str, span: Span) -> Problem {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let problem = Problem::warning(span, "deskbell doesn't read this file");
    match extension.to_ascii_lowercase().as_str() {
        "toml" if path.contains('/') && (name == "business.toml" || name == "checks.toml") => {
            problem.hint(format!("move `{name}` to the top of the folder"))
        }
        "toml" => problem.hint(
            super::suggest::did_you_mean(name, ["business.toml", "checks.toml"])
                .unwrap_or_else(|| "there are `business.toml` and `checks.toml`".to_owned()),
        ),
        _ => problem.hint(format!("if there are questions and answers in it, save it as `{stem}.md`")),
    }
}
