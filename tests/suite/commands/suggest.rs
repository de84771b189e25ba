//! `deskbell check --suggest`: questions to copy, and the paragraph of `check` that leads there.

use std::fs;

use super::Shop;

#[test]
fn suggested_lines_stand_below_their_headings_with_the_place_and_can_be_taken_over_as_they_are() {
    let shop = Shop::new();
    let checked = shop.fine(&["check"]);
    assert!(checked.contains("is known from example firms: of "), "{checked}");
    assert!(!checked.contains("have no question below"), "all of the sample's have some: {checked}");
    assert!(checked.contains("`deskbell check --suggest` proposes"), "{checked}");

    let shown = shop.fine(&["check", "--suggest"]);
    assert!(shown.contains("nothing is changed by itself"), "{shown}");
    let blocks: Vec<&str> = shown.split("\n\n").skip(1).collect();
    assert!(5 < blocks.len(), "{shown}");
    for block in &blocks {
        let mut lines = block.lines();
        let place = lines.next().expect("a block begins with its place");
        let heading = lines.next().expect("then the heading");
        let (file, line) = place.rsplit_once(':').expect("file:line");
        let text = fs::read_to_string(shop.path(file)).expect("the file is there");
        let line: usize = line.parse().expect("a number");
        assert!(text.lines().nth(line - 1).expect("the line is there").starts_with(heading), "{block}");
        assert!(lines.clone().count() <= 4 && lines.clone().all(|line| line.starts_with("> ")), "{block}");
    }

    // All are taken over: nothing is wrong then, and nothing is proposed twice.
    for block in blocks.iter().rev() {
        let (place, rest) = block.split_once('\n').expect("place, heading, lines");
        let (file, line) = place.rsplit_once(':').expect("file:line");
        let line: usize = line.parse().expect("a number");
        let quoted = rest.split_once('\n').expect("lines below the heading").1.trim_end();
        shop.edit(file, |text| {
            let mut lines: Vec<&str> = text.lines().collect();
            lines.insert(line, quoted);
            lines.join("\n") + "\n"
        });
    }
    let report = shop.json(&["check", "--json"]);
    assert_eq!(report["errors"], 0, "{report}");
    assert_eq!(report["checks_failed"], 0, "{report}");
    let again = shop.fine(&["check", "--suggest"]);
    for line in shown.lines().filter(|line| line.starts_with("> ")) {
        assert!(!again.lines().any(|other| other == line), "{line} is proposed again");
    }
}

#[test]
fn files_with_mistakes_show_these_and_propose_nothing() {
    let shop = Shop::new();
    shop.edit("faq/en/shop.md", |text| text.replace("(#parking)", "(#parkin)"));
    let output = shop.run(&["check", "--suggest"], "");
    let text = super::said(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("`#parkin`") && !text.contains("\n> "), "{text}");
}
