//! The log of a command that runs a gateway: to standard error, and to a file if one is configured.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

use super::log_file::LogFile;
use crate::config::{self, LogFormat};
use crate::review::printable;

/// Log to standard error at the level in `LIVEGATE_LOG`, by default `info`.
pub fn log_to_stderr() {
    log("info", LogFormat::Pretty, None);
}

/// The same for a command that runs a gateway inside its own process; by default only errors.
pub fn log_errors_to_stderr() {
    log("error", LogFormat::Pretty, None);
}

/// Log as configured.
pub fn log_as(config: &config::Log, state_dir: &Path) -> Result<()> {
    let file = LogFile::open(config, state_dir)?;
    log("info", config.format, file);
    Ok(())
}

fn log(level: &str, format: LogFormat, file: Option<LogFile>) {
    let filter = config::log_filter().unwrap_or_else(|| level.into());
    let is_terminal = std::io::stderr().is_terminal();
    let to_file = file.map(|file| layer(format, move || Escaped(file.clone()), false));
    registry()
        .with(EnvFilter::new(filter))
        .with(layer(format, || Escaped(std::io::stderr()), is_terminal))
        .with(to_file)
        // A command may open the console more than once.
        .try_init()
        .unwrap_or_default();
}

fn layer<S, W>(format: LogFormat, writer: W, has_colours: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = fmt::layer::<S>().with_writer(writer).with_ansi(has_colours).with_target(false);
    match format {
        LogFormat::Pretty => layer.boxed(),
        LogFormat::Json => layer.json().boxed(),
    }
}

/// Writes log events with what would control a terminal escaped: an error may quote a peer.
struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    /// `event` is one whole event. `tracing` escapes ESC in values and writes its own for colours, so ESC is kept.
    fn write(&mut self, event: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(event);
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let safe: Vec<String> = line.split('\u{1b}').map(printable).collect();
        self.0.write_all(format!("{}\n", safe.join("\u{1b}")).as_bytes()).map(|()| event.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
