//! A message from a door: the client's bytes, and an envelope that says where action, id and terms are.

use bytes::Bytes;

use super::id::Id;
use super::refusal::Refusal;

/// A message. Only `gateway/interpret.rs` parses its bytes.
#[derive(Clone, Debug)]
pub struct Message {
    /// One JSON object: a line, or only the parameters, as the envelope says.
    pub bytes: Bytes,
    pub envelope: Envelope,
    pub reading: Leniency,
}

/// How strictly parameters are parsed. It depends on the listener, never on the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leniency {
    #[default]
    Strict,
    /// Leniently, for clients of the original protocol (`local.lenient`).
    Lenient,
}

/// Where the action, the id and the terms of a message are.
#[derive(Clone, Debug)]
pub enum Envelope {
    /// In the bytes, with the parameters: the message is a line.
    Inside,
    Apart(Apart),
    /// The door refuses the message, because it cannot express it or could not read all of it. It is recorded like any other refusal.
    Refused {
        action: Option<String>,
        id: Option<Id>,
        refusal: Refusal,
    },
}

/// The parts of a request that the door read outside the parameters.
#[derive(Clone, Debug)]
pub struct Apart {
    pub action: String,
    /// `None` until an exchange assigns it.
    pub id: Option<Id>,
    /// The idempotency key.
    pub once: Option<String>,
    pub terms: TermsAt,
}

/// Where `expect`, `dry_run`, `deadline_ms` and `coalesce` are.
#[derive(Clone, Debug)]
pub enum TermsAt {
    BesideParameters,
    /// In a separate object with no other keys.
    Object(Bytes),
}

impl Message {
    pub fn line(bytes: Bytes) -> Message {
        Message { bytes, envelope: Envelope::Inside, reading: Leniency::Strict }
    }

    /// A line of a listener with this strictness.
    pub fn line_read(bytes: Bytes, reading: Leniency) -> Message {
        Message { reading, ..Message::line(bytes) }
    }

    /// A request whose action the door knows. The terms are beside the parameters.
    pub fn apart(action: impl Into<String>, parameters: Bytes) -> Message {
        let apart = Apart { action: action.into(), id: None, once: None, terms: TermsAt::BesideParameters };
        Message { bytes: parameters, envelope: Envelope::Apart(apart), reading: Leniency::Strict }
    }

    /// A request that the door refuses.
    pub fn refused(action: Option<String>, bytes: Bytes, refusal: Refusal) -> Message {
        Message { bytes, envelope: Envelope::Refused { action, id: None, refusal }, reading: Leniency::Strict }
    }

    pub fn is_line(&self) -> bool {
        matches!(self.envelope, Envelope::Inside)
    }

    /// The bytes of memory that it holds until it is answered.
    pub fn len(&self) -> usize {
        let terms = match &self.envelope {
            Envelope::Apart(Apart { terms: TermsAt::Object(terms), .. }) => terms.len(),
            _ => 0,
        };
        self.bytes.len() + terms
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Set the id of a message whose bytes do not contain it.
    pub fn set_id(&mut self, given: Id) {
        match &mut self.envelope {
            Envelope::Inside => (),
            Envelope::Apart(apart) => apart.id = Some(given),
            Envelope::Refused { id, .. } => *id = Some(given),
        }
    }
}
