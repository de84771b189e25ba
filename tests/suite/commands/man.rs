//! The manual pages say what `--help` says.

use std::fs;

use super::{Shop, said};

#[test]
fn each_command_has_a_page_with_its_options_and_examples() {
    let shop = Shop::new();
    shop.fine(&["man", "--to", "pages/man1"]);
    let help = said(&shop.run(&["--help"], ""));
    let list = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next());
    let commands: Vec<&str> = list
        .expect("they are listed")
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|command| !["", "help"].contains(command))
        .collect();
    assert!(15 < commands.len(), "{commands:?}");
    let first = fs::read_to_string(shop.path("pages/man1/deskbell.1")).expect("it is there");
    assert_eq!(shop.fine(&["man"]), first);
    for command in &commands {
        assert!(first.contains(&format!("deskbell\\-{command}(1)")), "{command} is not on the first page");
        let page = fs::read_to_string(shop.path(&format!("pages/man1/deskbell-{command}.1"))).expect(command);
        assert!(page.contains("\n.TH "), "{page}");
        // Hyphens are written so that they can be copied and searched.
        let shown = page.replace("\\-", "-").replace("\\fB", "").replace("\\fR", "");
        assert!(shown.contains("Example"), "{command}: {shown}");
        let help = said(&shop.run(&[*command, "--help"], ""));
        for option in help.split_whitespace().filter(|word| word.starts_with("--") && 2 < word.len()) {
            let option = option.trim_end_matches([',', '.', ']', '`', ')']);
            assert!(shown.contains(option), "{command} has {option}, which is not on its page: {shown}");
        }
    }
    let pages = fs::read_dir(shop.path("pages/man1")).expect("it is there").count();
    assert!(commands.len() < pages, "one a command, and the first");
}
