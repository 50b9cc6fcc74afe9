//! A line that a stage of the path refuses: what was understood of it, who decided, and the answer.

use super::Request;
use crate::command::Action;
use crate::gateway::identify::Role;
use crate::policy::RuleName;
use crate::wire::id::Id;
use crate::wire::refusal::Refusal;

/// A refused line. Every stage returns this one type; its row in the trail is made from it.
#[derive(Debug)]
pub struct Refused {
    /// Echoed in the answer.
    pub id: Option<Id>,
    pub understood: Understood,
    /// The caller's role, if the line came as far as to have one looked up.
    pub role: Option<Role>,
    /// The rule that decided, if one did.
    pub rule: Option<RuleName>,
    pub refusal: Refusal,
}

/// How far a refused line was understood.
#[allow(clippy::large_enum_variant, reason = "it is boxed with its refusal, and the large one is usual")]
#[derive(Debug)]
pub enum Understood {
    Request(Request),
    Part(Part),
}

/// What could be read of a line that is not a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub action: Option<&'static Action>,
    /// In a batch: the index of the command that is wrong, and its action.
    pub command: Option<(usize, &'static Action)>,
    /// The line is HTTP: a browser, or an attacker who uses one, so the connection closes after the answer.
    pub is_http: bool,
}

impl Refused {
    pub fn request(request: Request, refusal: Refusal) -> Box<Refused> {
        let (id, understood) = (request.id.clone(), Understood::Request(request));
        Box::new(Refused { id, understood, role: None, rule: None, refusal })
    }

    pub fn with_role(self: Box<Self>, role: Role) -> Box<Refused> {
        Box::new(Refused { role: Some(role), ..*self })
    }

    pub fn with_rule(self: Box<Self>, rule: RuleName) -> Box<Refused> {
        Box::new(Refused { rule: Some(rule), ..*self })
    }

    pub fn with_refusal(self: Box<Self>, refusal: Refusal) -> Box<Refused> {
        Box::new(Refused { refusal, ..*self })
    }

    /// What could be read, if the line is not a request.
    pub fn part(&self) -> Option<&Part> {
        match &self.understood {
            Understood::Request(_) => None,
            Understood::Part(part) => Some(part),
        }
    }
}

impl Request {
    /// The request with what a check of it found, or its refusal.
    pub fn require<T>(self, check: impl FnOnce(&Request) -> Result<T, Refusal>) -> Result<(Request, T), Box<Refused>> {
        match check(&self) {
            Ok(found) => Ok((self, found)),
            Err(refusal) => Err(Refused::request(self, refusal)),
        }
    }
}
