//! The doctor's look at the machine: clock, disk, file modes.

use std::path::Path;

use chrono::Datelike as _;

use super::Finding;
use crate::cli::output;
use crate::config::Config;
use crate::faq::Faq;
use crate::time::Timestamp;

/// Years in which this deskbell may run.
const YEARS: std::ops::RangeInclusive<i32> = 2025..=2100;
/// Below this, the disk is as good as full.
const TIGHT: u64 = 50_000_000;
/// Below this, it soon will be.
const SCARCE: u64 = 500_000_000;

pub(super) fn look(config: &Config, faq: &Faq, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![clock(faq, now)];
    findings.extend(disk(&config.data));
    findings.extend(modes(config));
    findings
}

fn clock(faq: &Faq, now: Timestamp) -> Finding {
    let utc = now.to_utc().filter(|utc| YEARS.contains(&utc.year()));
    if utc.is_none() {
        let shown = now.to_utc().map_or_else(String::new, |utc| utc.format(" (%Y-%m-%d)").to_string());
        return Finding::wrong("clock", format!("the machine's clock is far off{shown}"))
            .hint("set it, best by NTP: opening hours and reminders go by it");
    }
    let zone = faq.firm.time_zone;
    let there = faq.firm.local(now).format("%Y-%m-%d %H:%M");
    Finding::ok("clock", format!("{there} in {zone}, where your opening hours are"))
}

#[cfg(unix)]
fn disk(data: &Path) -> Option<Finding> {
    let there = data.ancestors().find(|folder| folder.exists() || folder.as_os_str().is_empty())?;
    let there = if there.as_os_str().is_empty() { Path::new(".") } else { there };
    let disk = match rustix::fs::statvfs(there) {
        Ok(disk) => disk,
        Err(error) => {
            return Some(Finding::warning("disk", format!("its free space can't be seen: {error}")));
        }
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let text = format!("{} free for {}", output::size(free), data.display());
    Some(match free {
        ..TIGHT => Finding::wrong("disk", text).hint("make room: on a full disk the bot takes nothing in"),
        TIGHT..SCARCE => Finding::warning("disk", text).hint("make room in time"),
        SCARCE.. => Finding::ok("disk", text),
    })
}

#[cfg(not(unix))]
fn disk(_: &Path) -> Option<Finding> {
    None
}

/// Whether others on this machine may look into what is private.
#[cfg(unix)]
fn modes(config: &Config) -> Vec<Finding> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = |path: &Path| std::fs::metadata(path).ok().map(|data| data.permissions().mode() & 0o777);
    let mut findings = Vec::new();
    let stored = [config.data.join("store"), config.data.join("backups")];
    for path in stored.iter().chain(&config.token_files) {
        let (Some(mode), right) = (mode(path), if path.is_dir() { "700" } else { "600" }) else { continue };
        if mode & 0o077 != 0 {
            let text = format!("others on this machine may look into {} (mode {mode:o})", path.display());
            findings.push(Finding::warning("files", text).hint(format!("chmod {right} {}", path.display())));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok("files", "what is private can be read by nobody else"));
    }
    findings
}

#[cfg(not(unix))]
fn modes(_: &Config) -> Vec<Finding> {
    Vec::new()
}
