//! What lies in `deploy/` fits the program: every key, every metric, every command that it names.

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The tables of `deskbell.toml`; `""` stands for what is above all tables.
const TABLES: [&str; 8] =
    ["", "conversation", "staff", "owner", "telegram", "telegram.webhook", "discord", "health"];

fn deploy(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn bell(arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deskbell"));
    command.args(arguments).current_dir(folder).env_remove("DESKBELL_CONFIG");
    command.env_remove("DESKBELL_HEALTH_LISTEN").output().expect("it starts")
}

fn configured(folder: &TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("deskbell.toml");
    fs::write(&path, text).expect("written");
    path
}

/// The keys that the program knows in a table, from its own complaint about one that it doesn't know.
fn known_keys(table: &str) -> BTreeSet<String> {
    let folder = TempDir::new().expect("a folder");
    let head = if table.is_empty() { String::new() } else { format!("[{table}]\n") };
    configured(&folder, &format!("{head}no_such_setting = 1\n"));
    let output = bell(&["check"], folder.path());
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "[{table}] {complaint}");
    assert!(complaint.contains("unknown field `no_such_setting`"), "[{table}] {complaint}");
    let (_, expected) = complaint.split_once("expected ").expect("it names what it knows");
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_key_of_the_configuration_is_described_and_every_described_key_exists() {
    let sample = deploy("deskbell.toml");
    for table in TABLES {
        let described: BTreeSet<String> = keys_described(&sample, table);
        let known: BTreeSet<String> = known_keys(table)
            .into_iter()
            .filter(|key| {
                let nested = if table.is_empty() { key.clone() } else { format!("{table}.{key}") };
                !TABLES.contains(&nested.as_str())
            })
            .collect();
        assert_eq!(
            described, known,
            "[{table}]: described in deploy/deskbell.toml, and known to the program"
        );
    }
}

/// The keys in the sample's comments: lines such as `# listen = "…"` below the table's head.
fn keys_described(sample: &str, table: &str) -> BTreeSet<String> {
    let mut current = String::new();
    let mut keys = BTreeSet::new();
    for line in sample.lines() {
        let line = line.trim_start_matches(['#', ' ']);
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut current);
        } else if let Some((key, _)) = line.split_once(" = ")
            && current == table
            && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            keys.insert(key.to_owned());
        }
    }
    keys
}

#[test]
fn the_sample_configuration_is_right_with_all_its_examples_switched_on() {
    let folder = TempDir::new().expect("a folder");
    let switched_on: Vec<String> = deploy("deskbell.toml")
        .lines()
        .map(|line| {
            let setting = line.strip_prefix("# ").unwrap_or(line);
            let is_setting = setting.starts_with('[')
                || setting.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '));
            if is_setting { setting.to_owned() } else { String::new() }
        })
        .collect();
    let path = configured(&folder, &switched_on.join("\n"));
    let output = bell(&["--config", &path.display().to_string(), "faq", "log"], folder.path());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_dashboard_asks_for_metrics_that_exist() {
    let meter = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/runtime/meter.rs"))
        .expect("the meter is there");
    let dashboard: serde_json::Value = serde_json::from_str(&deploy("grafana.json")).expect("JSON");
    let mut asked = 0;
    for panel in dashboard["panels"].as_array().expect("panels") {
        for target in panel["targets"].as_array().expect("targets") {
            let expression = target["expr"].as_str().expect("an expression");
            let names = expression.split(|c: char| !(c.is_ascii_lowercase() || c == '_'));
            for name in names.filter_map(|word| word.strip_prefix("deskbell_")) {
                let name = ["_total", "_seconds_bucket", "_seconds"]
                    .iter()
                    .find_map(|suffix| name.strip_suffix(suffix))
                    .unwrap_or(name);
                assert!(meter.contains(&format!("\"{name}\"")), "`{name}` is measured nowhere");
                asked += 1;
            }
        }
    }
    assert!(10 < asked, "only {asked} metrics are shown");
}

#[test]
fn a_bot_that_does_not_run_is_not_healthy() {
    let folder = TempDir::new().expect("a folder");
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|one| one.local_addr()).expect("bound").port();
    configured(&folder, &format!("[health]\nlisten = \"127.0.0.1:{port}\"\n"));
    let output = bell(&["health"], folder.path());
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("does `deskbell run` run here?"));
    configured(&folder, "[health]\nlisten = \"off\"\n");
    assert!(String::from_utf8_lossy(&bell(&["health"], folder.path()).stderr).contains("is `off`"));
    configured(&folder, "[health]\nlisten = \"nowhere\"\n");
    assert!(
        String::from_utf8_lossy(&bell(&["health"], folder.path()).stderr)
            .contains("must be `off` or an address")
    );
}
