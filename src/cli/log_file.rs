//! A log file that starts anew when it is full, and keeps some of the full ones (log rotation).

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result};

use crate::config;
use crate::platform;

/// `file`, and `file.1` for the newest full one, `file.2` and so on.
#[derive(Clone)]
pub struct LogFile(Arc<Mutex<Current>>);

struct Current {
    path: PathBuf,
    /// `None` between closing a full file and opening the next: Windows does not rename open files.
    file: Option<File>,
    bytes: u64,
    bytes_max: u64,
    files_max: u32,
}

impl LogFile {
    /// Open the configured file, or return `None` without one. A folder that is missing is created, for its owner only.
    pub fn open(config: &config::Log, state_dir: &Path) -> Result<Option<LogFile>> {
        if config.file.is_empty() {
            return Ok(None);
        }
        let path = state_dir.join(&config.file);
        if let Some(folder) = path.parent().filter(|folder| !platform::is_there(folder)) {
            platform::create_private_dir(folder)?;
        }
        let mut current =
            Current { path, file: None, bytes: 0, bytes_max: config.file_bytes_max, files_max: config.files_max };
        current.reopen().with_context(|| format!("cannot write the log to {}", current.path.display()))?;
        Ok(Some(LogFile(Arc::new(Mutex::new(current)))))
    }
}

impl Write for LogFile {
    /// `event` is one whole event, which is not divided between files.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        current.write(event).map(|()| event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Current {
    fn write(&mut self, event: &[u8]) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + event.len() as u64 > self.bytes_max {
            self.rotate();
        }
        if self.file.is_none() {
            self.reopen()?;
        }
        if let Some(file) = &mut self.file {
            file.write_all(event)?;
            self.bytes += event.len() as u64;
        }
        Ok(())
    }

    /// A file that cannot be renamed, because a reader holds it, is continued.
    fn rotate(&mut self) {
        self.file = None;
        for number in (1..=self.files_max).rev() {
            let older = self.numbered(number);
            let newer = if number == 1 { self.path.clone() } else { self.numbered(number - 1) };
            let _ = fs::rename(newer, older);
        }
        if self.files_max == 0 {
            let _ = fs::remove_file(&self.path);
        }
    }

    fn reopen(&mut self) -> io::Result<()> {
        let file = platform::append_private(&self.path)?;
        self.bytes = file.metadata()?.len();
        self.file = Some(file);
        Ok(())
    }

    fn numbered(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files_max: u32, events: &[&str]) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let config =
            config::Log { file: "log/gateway.log".into(), file_bytes_max: 10, files_max, ..config::Log::default() };
        for event in events {
            // Opened anew for each: a file is continued.
            let mut log = LogFile::open(&config, dir.path()).expect("a log").expect("a file");
            log.write_all(event.as_bytes()).expect("space");
        }
        let read = |entry: fs::DirEntry| {
            let text = fs::read_to_string(entry.path()).expect("a log");
            (entry.file_name().to_string_lossy().into_owned(), text)
        };
        let mut found: Vec<_> = fs::read_dir(dir.path().join("log")).expect("a folder").flatten().map(read).collect();
        found.sort();
        found
    }

    fn pairs(files: &[(&str, &str)]) -> Vec<(String, String)> {
        files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_full_file_is_set_aside() {
        let events = ["first\n", "2nd\n", "third\n", "fourth\n", "fifth\n"];
        assert_eq!(
            written(2, &events),
            pairs(&[("gateway.log", "fifth\n"), ("gateway.log.1", "fourth\n"), ("gateway.log.2", "third\n")])
        );
        assert_eq!(written(0, &events), pairs(&[("gateway.log", "fifth\n")]));
    }

    #[test]
    fn a_long_event_is_not_divided() {
        let long = "longer than a file\n";
        assert_eq!(written(1, &["a\n", long]), pairs(&[("gateway.log", long), ("gateway.log.1", "a\n")]));
    }

    #[test]
    fn without_a_file_none_is_made() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        assert!(LogFile::open(&config::Log::default(), dir.path()).expect("no file").is_none());
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 0);
    }
}
