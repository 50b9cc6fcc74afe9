//! A refused message: the part of it that was parsed, the stage's decision, and the answer.

use super::Request;
use crate::command::Action;
use crate::gateway::identify::Role;
use crate::policy::RuleName;
use crate::wire::id::Id;
use crate::wire::refusal::Refusal;

/// A refused message, which every stage returns. Its row in the trail is made from it.
#[derive(Debug)]
pub struct Refused {
    /// Echoed in the answer.
    pub id: Option<Id>,
    pub understood: Understood,
    /// The caller's role, if it was looked up before the refusal.
    pub role: Option<Role>,
    /// The rule that decided, if any.
    pub rule: Option<RuleName>,
    pub refusal: Refusal,
}

/// How far a refused message was parsed.
#[allow(clippy::large_enum_variant, reason = "it is boxed with its refusal, and the large one is usual")]
#[derive(Debug)]
pub enum Understood {
    Request(Request),
    Part(Part),
}

/// The parsed part of a message that is not a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Part {
    pub action: Option<&'static Action>,
    /// For a batch: the index of the invalid command, and its action.
    pub command: Option<(usize, &'static Action)>,
    /// Whether the message is HTTP, from a browser or from an attacker who uses one. The connection closes after the answer.
    pub is_http: bool,
}

impl Refused {
    pub fn request(request: Request, refusal: Refusal) -> Box<Refused> {
        let id = request.id.clone();
        let understood = Understood::Request(request);
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

    /// The parsed part, if the message is not a request.
    pub fn part(&self) -> Option<&Part> {
        match &self.understood {
            Understood::Request(_) => None,
            Understood::Part(part) => Some(part),
        }
    }
}

impl Request {
    /// The request with the result of a check, or the refusal of the request.
    pub fn require<T>(self, check: impl FnOnce(&Request) -> Result<T, Refusal>) -> Result<(Request, T), Box<Refused>> {
        match check(&self) {
            Ok(found) => Ok((self, found)),
            Err(refusal) => Err(Refused::request(self, refusal)),
        }
    }
}
