//! Questions that ask the same thing are found, on firms of the corpus: how pure the groups are, how whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use deskbell::matcher::alike;
use serde::Deserialize;

#[derive(Deserialize)]
struct Question {
    text: String,
    id: Option<String>,
}

/// Every fifth firm of the corpus by name: the bound of `matcher/alike.rs` was chosen on these, and on no other data.
fn firms() -> Vec<Vec<Question>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/training/corpus");
    let mut folders: Vec<_> = fs::read_dir(corpus)
        .expect("the corpus is there")
        .map(|entry| entry.expect("listed").path())
        .collect();
    folders.sort();
    let lines = |folder: &Path| fs::read_to_string(folder.join("questions.jsonl")).expect("it has questions");
    let parsed = |text: String| -> Vec<Question> {
        let all = text.lines().map(|line| serde_json::from_str(line).expect("one question a line"));
        all.filter(|question: &Question| question.id.is_some()).collect()
    };
    folders.iter().step_by(5).map(|folder| parsed(lines(folder))).collect()
}

/// Of the questions in one's group, how many ask the same (purity); of those that ask the same, how many are in one's
/// group (wholeness): the mean over all questions.
fn judged(firms: &[Vec<Question>], group: impl Fn(&[&str]) -> Vec<Vec<usize>>) -> (f64, f64) {
    let (mut purity, mut wholeness, mut all) = (0.0, 0.0, 0.0);
    for firm in firms {
        let texts: Vec<&str> = firm.iter().map(|question| question.text.as_str()).collect();
        let mut sizes: BTreeMap<&Option<String>, f64> = BTreeMap::new();
        for question in firm {
            *sizes.entry(&question.id).or_default() += 1.0;
        }
        for group in group(&texts) {
            for &at in &group {
                let same = group.iter().filter(|&&other| firm[other].id == firm[at].id).count() as f64;
                purity += same / group.len() as f64;
                wholeness += same / sizes[&firm[at].id];
                all += 1.0;
            }
        }
    }
    (purity / all, wholeness / all)
}

#[test]
fn questions_in_a_group_ask_the_same_thing() {
    let firms = firms();
    let (purity, wholeness) = judged(&firms, alike);
    let (_, alone) = judged(&firms, |texts| (0..texts.len()).map(|at| vec![at]).collect());
    assert!(0.94 < purity, "questions that ask different things were put together: {purity:.3}");
    assert!(alone < wholeness, "nothing was put together: {wholeness:.3}");
}

#[test]
fn equal_input_gives_equal_groups_and_no_question_is_lost() {
    let firm = &firms()[0];
    let texts: Vec<&str> = firm.iter().map(|question| question.text.as_str()).collect();
    let groups = alike(&texts);
    assert_eq!(groups, alike(&texts));
    let mut all: Vec<usize> = groups.concat();
    all.sort_unstable();
    assert_eq!(all, (0..texts.len()).collect::<Vec<_>>());
    assert_eq!(alike(&[]), Vec::<Vec<usize>>::new());
    assert_eq!(alike(&["Do you open on Sundays?", "Do you open on Sundays?"]), [[0, 1]]);
}
