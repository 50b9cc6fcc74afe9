//! The result of a check: one line, with a remedy if the check failed.

use std::fmt;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Finding {
    check: &'static str,
    state: State,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// It works, but needs attention soon.
    Warn,
    Fail,
    /// Not checked, because another check failed.
    Unknown,
}

#[derive(Debug, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.push(check, State::Ok, message.into(), None);
    }

    pub fn warn(&mut self, check: &'static str, message: impl Into<String>, remedy: impl Into<String>) {
        self.push(check, State::Warn, message.into(), Some(remedy.into()));
    }

    pub fn fail(&mut self, check: &'static str, message: impl Into<String>, remedy: impl Into<String>) {
        self.push(check, State::Fail, message.into(), Some(remedy.into()));
    }

    pub fn unknown(&mut self, check: &'static str, because: impl Into<String>) {
        self.push(check, State::Unknown, because.into(), None);
    }

    fn push(&mut self, check: &'static str, state: State, message: String, remedy: Option<String>) {
        self.0.push(Finding { check, state, message, remedy });
    }
}

impl From<Findings> for Vec<Finding> {
    fn from(findings: Findings) -> Vec<Finding> {
        findings.0
    }
}

impl Finding {
    pub fn has_passed(&self) -> bool {
        self.state != State::Fail
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
            State::Unknown => "-",
        };
        write!(f, "{state:<5} {:<14} {}", self.check, self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}
