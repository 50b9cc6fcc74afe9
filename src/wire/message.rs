//! One message of a client as a door hands it over: the client's own bytes, and what the door says about them.

use bytes::Bytes;

use super::id::Id;
use super::refusal::Refusal;

/// A message. Only `gateway/interpret.rs` parses its bytes.
#[derive(Clone, Debug)]
pub struct Message {
    /// One JSON object: a line, or the parameters alone, as the envelope says.
    pub bytes: Bytes,
    pub envelope: Envelope,
    pub reading: Leniency,
}

/// How parameters are read: a property of the listener, never of what a client sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Leniency {
    #[default]
    Strict,
    /// As clients of the original protocol write them (`local.lenient`).
    Lenient,
}

/// Where the action, the id and the terms of a message stand.
#[derive(Clone, Debug)]
pub enum Envelope {
    /// Beside the parameters: the message is a line.
    Inside,
    Apart(Apart),
    /// The door cannot express the request, or could not read it whole. It is refused and recorded like any other.
    Refused {
        action: Option<String>,
        id: Option<Id>,
        refusal: Refusal,
    },
}

/// What a door read elsewhere than in the parameters.
#[derive(Clone, Debug)]
pub struct Apart {
    pub action: String,
    /// `None` for messages that an exchange numbers itself.
    pub id: Option<Id>,
    /// The idempotency key.
    pub once: Option<String>,
    pub terms: TermsAt,
}

/// Where `expect`, `dry_run`, `deadline_ms` and `coalesce` stand.
#[derive(Clone, Debug)]
pub enum TermsAt {
    BesideParameters,
    /// In an object of their own, which holds nothing else.
    Object(Bytes),
}

impl Message {
    pub fn line(bytes: Bytes) -> Message {
        Message { bytes, envelope: Envelope::Inside, reading: Leniency::Strict }
    }

    /// A line of a listener that reads parameters so.
    pub fn line_read(bytes: Bytes, reading: Leniency) -> Message {
        Message { reading, ..Message::line(bytes) }
    }

    /// A request whose action the door knows; the terms stand beside the parameters.
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

    /// How many bytes of memory it holds until it is answered.
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

    /// Sets the id of a message whose line does not hold it.
    pub fn set_id(&mut self, given: Id) {
        match &mut self.envelope {
            Envelope::Inside => (),
            Envelope::Apart(apart) => apart.id = Some(given),
            Envelope::Refused { id, .. } => *id = Some(given),
        }
    }
}
