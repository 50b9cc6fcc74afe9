//! A refused line, as the trail records it.

use super::super::identify::Role;
use crate::audit::{Excerpt, ROW_BYTES};
use crate::command::Action;
use crate::policy::RuleName;
use crate::wire::refusal::Refusal;

/// A refused line, as far as it was parsed.
#[derive(Debug)]
pub struct RefusedLine {
    pub refusal: Refusal,
    pub action: Option<&'static Action>,
    pub parameters: Option<Excerpt>,
    pub terms: Option<Excerpt>,
    pub once: Option<Box<str>>,
    pub role: Option<Role>,
    pub rule: Option<RuleName>,
    /// The length and keyed digest of a line that did not become a request.
    pub unreadable: Option<(usize, String)>,
}

impl RefusedLine {
    /// A line that did not become a request: recorded by its length and a keyed digest, never by its bytes.
    pub fn unreadable(refusal: Refusal, action: Option<&'static Action>, bytes: usize, digest: String) -> RefusedLine {
        let unreadable = Some((bytes, digest));
        RefusedLine { refusal, action, parameters: None, terms: None, once: None, role: None, rule: None, unreadable }
    }

    /// The approximate length of its row in bytes.
    pub fn row_bytes(&self) -> usize {
        let excerpts = self.parameters.iter().chain(&self.terms).map(Excerpt::kept_bytes);
        ROW_BYTES + excerpts.sum::<usize>()
    }
}
