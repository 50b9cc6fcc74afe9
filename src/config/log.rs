//! The gateway's log: where it goes besides standard error, in which form, and how much of it is kept.

use serde::Deserialize;

use super::error::{Result, refused};

/// Bounds of the settings: a file holds at least a few events, and there are not more files than a person reads.
const FILE_BYTES_MIN: u64 = 64 << 10;
const FILES_MAX: u32 = 1000;

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Also to this file, such as "log/livegate.log" in the state folder; empty: standard error only.
    pub file: String,
    /// Length at which a new file begins.
    pub file_bytes_max: u64,
    /// Full files kept beside it, as livegate.log.1 and so on.
    pub files_max: u32,
    /// "json": one object a line.
    pub format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Pretty,
    /// One object a line.
    Json,
}

impl Log {
    pub(super) fn check(&self) -> Result<()> {
        if self.file_bytes_max < FILE_BYTES_MIN {
            return Err(refused(format!(
                "log.file_bytes_max must be at least {FILE_BYTES_MIN}, got {}",
                self.file_bytes_max
            )));
        }
        if self.files_max > FILES_MAX {
            return Err(refused(format!("log.files_max must be at most {FILES_MAX}, got {}", self.files_max)));
        }
        Ok(())
    }
}

impl Default for Log {
    fn default() -> Log {
        Log { file: String::new(), file_bytes_max: 8 << 20, files_max: 4, format: LogFormat::Pretty }
    }
}
