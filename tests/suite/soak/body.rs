//! What the process costs: memory, descriptors, threads, disk, looked at again and again, and what counts as flat.

use std::cell::RefCell;
use std::fmt;
use std::fs;
use std::path::Path;
use std::time::Duration;

use super::Day;
use crate::house::{House, tell};

/// A process that is younger is still building its index, or has just done so.
const SETTLED: Duration = Duration::from_secs(60);
/// Memory is flat if the middle value of the last quarter is at most so much above the second quarter's. (The first is
/// left out: there the caches fill.)
const ROOM_PERCENT: f64 = 10.0;
/// Descriptors come and go with connections; more than these many more is a leak.
const SPARE_DESCRIPTORS: u64 = 8;

/// One look at the process.
#[derive(Clone, Copy)]
struct Sample {
    at: Duration,
    age: Duration,
    resident: f64,
    descriptors: u64,
    threads: u64,
    disk: f64,
}

/// All looks.
#[derive(Default, Clone)]
pub(super) struct Body {
    samples: Vec<Sample>,
}

/// Looks until the day is over.
pub(super) async fn watch(day: &Day, house: &RefCell<House>) {
    let mut told = Duration::ZERO;
    while day.pause(day.plan.sample).await {
        assert!(!house.borrow_mut().has_ended(), "the bot has ended by itself");
        let Some((process, born)) = day.process.get() else { continue };
        let data = house.borrow().path("data");
        let Some((resident, threads, descriptors)) = look(process) else { continue };
        let sample = Sample {
            at: day.begin.elapsed(),
            age: born.elapsed(),
            resident,
            descriptors,
            threads,
            disk: size(&data),
        };
        day.body.borrow_mut().samples.push(sample);
        if told + day.plan.figures <= sample.at {
            told = sample.at;
            tell(&format!(
                "after {:.0} s: {:.1} MB of its own ({:.0} s after its start), {} descriptors, {} threads, {:.1} MB on disk",
                sample.at.as_secs_f64(),
                resident,
                sample.age.as_secs_f64(),
                descriptors,
                threads,
                sample.disk,
            ));
        }
    }
}

/// Resident memory of its own in MB, threads and open descriptors, where the system tells them (Linux). Pages of the program's
/// file don't count: they come as its tables are read, are at most as many as the file has, and the system drops them as it likes.
fn look(process: u32) -> Option<(f64, u64, u64)> {
    let folder = format!("/proc/{process}");
    let status = fs::read_to_string(format!("{folder}/status")).ok()?;
    let value = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let descriptors = fs::read_dir(format!("{folder}/fd")).ok()?.count();
    Some((value("RssAnon:")? as f64 / 1024.0, value("Threads:")?, descriptors as u64))
}

/// MB below `folder`.
fn size(folder: &Path) -> f64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        // Files come and go meanwhile.
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(data) if data.is_dir() => folders.push(entry.path()),
                Ok(data) => bytes += data.len(),
                Err(_) => {}
            }
        }
    }
    bytes as f64 / 1e6
}

/// The four quarters of a run, and how memory goes.
pub(super) struct Figures {
    quarters: Vec<Quarter>,
    /// MB in ten minutes, by least squares over the last three quarters.
    slope: f64,
}

struct Quarter {
    looks: usize,
    resident: f64,
    most: f64,
    descriptors: u64,
    threads: u64,
    disk: f64,
}

impl Figures {
    pub(super) fn of(body: &Body, length: Duration) -> Self {
        let settled = if length < super::LONG { Duration::ZERO } else { SETTLED };
        let looks: Vec<&Sample> = body.samples.iter().filter(|sample| settled <= sample.age).collect();
        let quarter_of = |sample: &Sample| (sample.at.as_secs_f64() * 4.0 / length.as_secs_f64()) as usize;
        let quarters = (0..4).map(|quarter| {
            let here: Vec<&Sample> =
                looks.iter().copied().filter(|sample| quarter_of(sample).min(3) == quarter).collect();
            Quarter {
                looks: here.len(),
                resident: middle(here.iter().map(|sample| sample.resident).collect()),
                most: here.iter().map(|sample| sample.resident).fold(0.0, f64::max),
                descriptors: middle(here.iter().map(|sample| sample.descriptors as f64).collect()) as u64,
                threads: middle(here.iter().map(|sample| sample.threads as f64).collect()) as u64,
                disk: here.last().map_or(0.0, |sample| sample.disk),
            }
        });
        let late: Vec<(f64, f64)> = looks
            .iter()
            .filter(|sample| 0 < quarter_of(sample))
            .map(|sample| (sample.at.as_secs_f64() / 600.0, sample.resident))
            .collect();
        Self { quarters: quarters.collect(), slope: slope(&late) }
    }

    /// Panics where something grows.
    pub(super) fn judge(&self) {
        let (before, after) = (&self.quarters[1], &self.quarters[3]);
        if before.looks == 0 || after.looks == 0 {
            tell("memory isn't judged: this system doesn't tell it");
            return;
        }
        let most = before.resident * (1.0 + ROOM_PERCENT / 100.0);
        assert!(after.resident <= most, "memory grows: {self}");
        assert!(after.descriptors <= before.descriptors + SPARE_DESCRIPTORS, "descriptors grow: {self}");
        assert!(after.threads <= before.threads + 2, "threads grow: {self}");
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "quarter | of its own, middle | most | descriptors | threads | on disk at its end")?;
        for (number, quarter) in (1..).zip(&self.quarters) {
            writeln!(
                f,
                "{number} | {:.1} MB | {:.1} MB | {} | {} | {:.1} MB",
                quarter.resident, quarter.most, quarter.descriptors, quarter.threads, quarter.disk
            )?;
        }
        write!(f, "memory goes by {:+.2} MB in ten minutes over the last three quarters", self.slope)
    }
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Of the straight line through `points` that misses them least.
fn slope(points: &[(f64, f64)]) -> f64 {
    let count = points.len().max(1) as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - x) * (point.1 - y), below + (point.0 - x) * (point.0 - x))
    });
    if 0.0 < below { above / below } else { 0.0 }
}

/// A process that takes `growth` MB more with each look.
fn growing(growth: f64) -> Figures {
    let samples = (0..360).map(|number| Sample {
        at: Duration::from_secs(10 * number),
        age: Duration::from_secs(100),
        resident: 60.0 + growth * number as f64,
        descriptors: 30,
        threads: 10,
        disk: 1.0,
    });
    Figures::of(&Body { samples: samples.collect() }, Duration::from_secs(3600))
}

#[test]
fn flat_memory_is_told_from_memory_that_grows() {
    growing(0.0).judge();
    assert!((growing(0.05).slope - 3.0).abs() < 1e-6, "0.05 MB each ten seconds are 3 MB in ten minutes");
    let judged = std::panic::catch_unwind(|| growing(0.05).judge());
    assert!(judged.is_err(), "nine megabytes more in half an hour are growth");
}
