//! A file of scenes: what somebody does, and below it what comes of it.

/// A scene: its title line, and what follows it.
pub(super) struct Scene {
    /// The line of the file that it begins at, counted from 1.
    pub(super) line: usize,
    pub(super) title: String,
    pub(super) items: Vec<Item>,
}

/// A stretch of a scene.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    /// An empty line, or a comment (`-- …`): kept as it stands.
    Kept(String),
    /// What somebody does, or a setting: one line, and the indented lines below it.
    Input(String),
    /// What comes of the input above: written by the play.
    Output(String),
}

/// What the first words of an output are; everything else is an input.
const OUTPUTS: [&str; 7] = ["bot", "ticket #", "owner>", "draft>", "gap>", "count>", "("];

/// Takes `text` apart: the prose before the first scene, and the scenes.
pub(super) fn parse(text: &str) -> (String, Vec<Scene>) {
    let mut preface = String::new();
    let mut scenes: Vec<Scene> = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(title) = line.strip_prefix("# ") {
            scenes.push(Scene { line: number, title: title.to_owned(), items: Vec::new() });
        } else if let Some(scene) = scenes.last_mut() {
            scene.add(line);
        } else {
            preface.push_str(line);
            preface.push('\n');
        }
    }
    (preface, scenes)
}

impl Scene {
    fn add(&mut self, line: &str) {
        if line.starts_with("    ") {
            return self.goes_on(line);
        }
        let line = line.trim_end();
        self.items.push(match line {
            "" => Item::Kept(String::new()),
            _ if line.starts_with("--") => Item::Kept(line.to_owned()),
            _ if OUTPUTS.iter().any(|begin| line.starts_with(begin)) => Item::Output(line.to_owned()),
            _ => Item::Input(line.to_owned()),
        });
    }

    /// An indented line belongs to the words above it, empty lines in between as well.
    fn goes_on(&mut self, line: &str) {
        let mut gap = String::new();
        while self.items.last() == Some(&Item::Kept(String::new())) {
            self.items.pop();
            gap.push('\n');
        }
        match self.items.last_mut() {
            Some(Item::Input(words) | Item::Output(words)) => {
                words.push_str(&gap);
                words.push('\n');
                words.push_str(line.trim_end());
            }
            Some(Item::Kept(_)) | None => panic!("line in `{}` continues nothing: {line}", self.title),
        }
    }

    /// The scene as it stands in a file.
    pub(super) fn write(&self) -> String {
        let mut text = format!("# {}\n", self.title);
        for Item::Kept(words) | Item::Input(words) | Item::Output(words) in &self.items {
            text.push_str(words);
            text.push('\n');
        }
        text
    }
}
