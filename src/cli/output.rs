//! Writing to the terminal, and what the terminal can.

use std::io::{self, IsTerminal as _, Write as _};

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
