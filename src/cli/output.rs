//! Writing to the terminal, and what the terminal can.

use std::io::{self, IsTerminal as _, Write as _};

use crate::channel::console::Look;

/// Writes `text` to standard output. A reader that went away (`deskbell check | head`) is no error.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()).and_then(|()| io::stdout().flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => Ok(other?),
    }
}

/// Writes a line to standard error; where even that is gone there is nobody to tell.
pub(super) fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Asks `question` on the terminal; true for a clear yes. `None` where nobody sits there to be asked.
pub(super) fn confirmed(question: &str) -> anyhow::Result<Option<bool>> {
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Ok(None);
    }
    write!(io::stderr().lock(), "{question} [y/N] ")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja")))
}

/// "1 ticket", "2 tickets".
pub(super) fn counted(number: impl TryInto<u64>, thing: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {thing}"),
        number => format!("{number} {thing}s"),
    }
}

/// "1 entry", "2 entries".
pub(super) fn entries(number: usize) -> String {
    if number == 1 { "1 entry".to_owned() } else { format!("{number} entries") }
}

/// A size as people say it.
pub(super) fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    let number = bytes as f64;
    let (number, unit) = match bytes {
        0..=999 => return format!("{bytes} B"),
        1_000..=999_999 => (number / 1e3, "kB"),
        1_000_000..=999_999_999 => (number / 1e6, "MB"),
        _ => (number / 1e9, "GB"),
    };
    format!("{number:.1} {unit}")
}

/// A moment as the owner's machine has it, to the minute.
pub(super) fn moment(at: crate::time::Timestamp) -> String {
    let local = |utc: chrono::DateTime<chrono::Utc>| utc.with_timezone(&chrono::Local);
    at.to_utc().map_or_else(String::new, |utc| local(utc).format("%Y-%m-%d %H:%M").to_string())
}

/// How messages look on the terminal at standard output: as wide as it is, as coloured as it can be.
pub(super) fn look() -> Look {
    let columns = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    Look::new(has_color(), columns)
}

/// Whether standard output is a terminal that shows colours.
pub(super) fn has_color() -> bool {
    io::stdout().is_terminal() && !crate::config::is_color_unwanted()
}

/// Sends the log to standard error: for people on a terminal, as JSON lines otherwise. `DESKBELL_LOG` sets what is
/// logged (`info` by default).
pub(super) fn log_to_stderr() {
    use tracing_subscriber::EnvFilter;

    let filter = EnvFilter::try_new(crate::config::log_filter()).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    // A log that was set up already (in a test) stays.
    let _ = if io::stderr().is_terminal() {
        builder.with_ansi(!crate::config::is_color_unwanted()).try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}
