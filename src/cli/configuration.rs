//! Extends livegate.toml: adds sections at its end, and never changes existing ones.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::CONFIG_FILE;
use crate::config::Config;
use crate::platform;

/// The state folder's configuration; the defaults if the file does not exist.
pub struct ConfigFile {
    pub path: PathBuf,
    pub config: Config,
    text: String,
}

/// One setting, as a line of the file.
pub struct Line {
    section: &'static str,
    text: String,
}

impl Line {
    pub fn new(section: &'static str, text: impl Into<String>) -> Line {
        Line { section, text: text.into() }
    }
}

impl ConfigFile {
    pub fn read(state_dir: &Path) -> Result<ConfigFile> {
        let path = state_dir.join(CONFIG_FILE);
        let text = match std::fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let config = Config::parse(&text).with_context(|| format!("cannot use {}", path.display()))?;
        Ok(ConfigFile { path, config, text })
    }

    /// With these lines added, or `None` if one of their sections exists or the result is invalid.
    pub fn extended(&self, purpose: &str, lines: &[Line]) -> Option<ConfigFile> {
        let there: toml::Table = toml::from_str(&self.text).ok()?;
        if lines.iter().any(|line| there.contains_key(line.section)) {
            return None;
        }
        let head = if self.text.is_empty() { HEAD } else { self.text.trim_end() };
        let text = format!("{head}\n\n# {purpose}\n{}", in_sections(lines));
        let config = Config::parse(&text).ok()?;
        Some(ConfigFile { path: self.path.clone(), config, text })
    }

    pub fn write(&self) -> Result<()> {
        Ok(platform::write_private(&self.path, &self.text)?)
    }
}

const HEAD: &str = "# Every key with its default: config/livegate.toml in the source.";

/// The lines as TOML, grouped by section.
pub fn in_sections(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut section = "";
    for line in lines {
        if line.section != section {
            section = line.section;
            text += &format!("{}[{section}]\n", if text.is_empty() { "" } else { "\n" });
        }
        text += &format!("{}\n", line.text);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> ConfigFile {
        ConfigFile { path: CONFIG_FILE.into(), config: Config::parse(text).expect("a good file"), text: text.into() }
    }

    fn lines() -> [Line; 3] {
        [
            Line::new("local", "listen = ['127.0.0.1:9004']"),
            Line::new("local", "role = 'local'"),
            Line::new("bridge", "address = '127.0.0.1:9014'"),
        ]
    }

    #[test]
    fn sections_are_added_at_the_end() {
        let extended =
            file("# mine\n[tls]\nlisten = ['127.0.0.1:9443']\n").extended("why", &lines()).expect("capacity");
        assert_eq!(
            extended.text,
            "# mine\n[tls]\nlisten = ['127.0.0.1:9443']\n\n# why\n[local]\nlisten = ['127.0.0.1:9004']\nrole = 'local'\n\n\
             [bridge]\naddress = '127.0.0.1:9014'\n"
        );
        assert_eq!(extended.config.bridge.address.port(), 9014);
        assert_eq!(extended.config.tls.listen.len(), 1);
    }

    #[test]
    fn an_existing_section_is_not_extended() {
        assert!(file("[bridge]\nreconnect_ms = 100\n").extended("why", &lines()).is_none());
        assert!(file("local.trust = true\n").extended("why", &lines()).is_none());
    }
}
