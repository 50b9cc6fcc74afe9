//! Entry points of the fuzz targets in `fuzz/`: one function per parser. Each takes any bytes, must return, and checks what must hold.

use std::path::Path;

use bytes::Bytes;
use secrecy::SecretString;
use serde_json::{Map, Value};

use crate::audit::Proof;
use crate::audit::checkpoint::{self, Verifier};
use crate::client::answer_line::AnswerLine;
use crate::command::{Handler, catalogue};
use crate::config::{Config, Framing, Requests};
use crate::doors::osc::framing::{Deframer, frame};
use crate::doors::osc::pattern::Pattern;
use crate::doors::osc::{plan, sender, walk};
use crate::gateway::interpret::{self, Request};
use crate::gateway::relay::answer_lines::{AnswerLines, ScriptMessage};
use crate::gateway::relay::{script_answer, script_line};
use crate::identity::Keys;
use crate::identity::pairing::code::Code;
use crate::identity::pairing::link::Link;
use crate::identity::pairing::pake::Hello;
use crate::platform::clock::Clock;
use crate::policy::Policy;
use crate::wire::line::{self, Lines};
use crate::wire::message::{Leniency, Message};

/// The longest line that the targets frame, in bytes. A small limit reaches the refusals.
const LINE_BYTES_MAX: usize = 4 * 1024;

/// The lines of a client, as a listener reads them. What is recorded of a request must read as the same request.
pub fn client_lines(bytes: &[u8]) {
    let mut lines = Lines::new(LINE_BYTES_MAX);
    for part in bytes.chunks(61) {
        lines.extend(part);
        while let Ok(Some(line)) = lines.next_line() {
            client_line(line);
        }
    }
}

fn client_line(line: Bytes) {
    let lenient = parse(Message::line_read(line.clone(), Leniency::Lenient));
    let Some(request) = parse(Message::line(line)) else { return };
    let lenient = lenient.expect("a lenient listener takes what a strict one takes");
    assert_eq!(without_defaults(&lenient), without_defaults(&request), "leniency changed a valid request");
    assert!(lenient.adjusted.is_none(), "leniency adjusted a valid request");
    if request.secret.is_some() {
        return;
    }
    let mut recorded = request.recorded_params().into_owned();
    recorded.insert("action".into(), request.action.name.as_str().into());
    let again = parse(Message::line(line::encode(&recorded).into())).expect("the recorded request is valid");
    assert_eq!(again.recorded_params(), request.recorded_params(), "the record reads as another request");
}

/// The parameters without those whose defaults differ at a lenient listener.
fn without_defaults(request: &Request) -> Map<String, Value> {
    let mut params = request.params.clone();
    params.retain(|key, _| !["overwrite", "clamp"].contains(&key.as_str()));
    params
}

fn parse(message: Message) -> Option<Request> {
    interpret::interpret(&message, catalogue(), &Requests::default(), Clock::system().now()).ok()
}

/// The output of the Remote Script, to a command and to a batch of two.
pub fn script_answers(bytes: &[u8]) {
    const DETAIL_BYTES_MAX: usize = 1024;
    let mut lines = AnswerLines::new(Lines::new(LINE_BYTES_MAX));
    for part in bytes.chunks(61) {
        lines.buffer_mut().extend_from_slice(part);
        while let Some(message) = lines.next_message() {
            let ScriptMessage::Answer { body, .. } = message else { continue };
            let _ = script_answer::read(body.clone(), DETAIL_BYTES_MAX);
            let _ = script_answer::read_batch(body, 2, DETAIL_BYTES_MAX);
        }
    }
}

/// `livegate.toml`.
pub fn configuration(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(error) = Config::parse(text) {
        assert!(!error.to_string().is_empty());
    }
}

/// A file of roles, alone and beside the shipped ones. A mistake is placed within the file.
pub fn roles(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for read in [Policy::parse, Policy::beside_shipped] {
        match read("roles.toml", text) {
            Ok(policy) => assert!(policy.role_names().iter().all(|role| policy.has_role(role))),
            Err(mistake) => assert!(!mistake.to_string().is_empty()),
        }
    }
}

/// Tokens, against keys that are created in `folder`. No generated text is a token of ours.
pub fn tokens(folder: &Path) -> impl Fn(&[u8]) {
    let keys = Keys::open(folder, &[]).expect("keys");
    move |bytes| {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let denied = keys.verify(&SecretString::from(text), 1_700_000_000);
        assert!(denied.is_err(), "an unsigned token was accepted");
    }
}

/// Checkpoints, witness files and verifiers.
pub fn checkpoints(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for signed in checkpoint::notes(text).unwrap_or_default() {
        let again = checkpoint::Signed::unverified(&signed.note).expect("a note that was read");
        assert_eq!(again, signed);
    }
    if let Ok(verifier) = Verifier::parse(text.lines().next().unwrap_or_default()) {
        assert_eq!(
            Verifier::parse(&verifier.to_string()).expect("a verifier that was read").origin(),
            verifier.origin()
        );
        assert!(verifier.open(text).is_err(), "an unsigned note was accepted");
    }
}

/// Proofs of inclusion. A proof that parses is written as it was read.
pub fn proofs(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(proof) = Proof::parse(text) else { return };
    let again = Proof::parse(&proof.to_text()).expect("a proof that was read");
    assert_eq!((again.index, again.leaf_data, again.hashes), (proof.index, proof.leaf_data, proof.hashes));
}

/// Pairing: a device's first message, a link, a code.
pub fn pairing_messages(bytes: &[u8]) {
    let _ = Hello::read(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(link) = Link::read(text) {
        assert!(!link.address().is_empty());
    }
    if let Some(code) = Code::read(text) {
        assert!(Code::read(code.expose()).is_some());
    }
}

/// OSC packets, as datagrams and in both framings of TCP.
pub fn osc_packets(bytes: &[u8]) {
    osc_datagram(bytes);
    for framing in [Framing::Length, Framing::Slip] {
        let mut packets = Deframer::new(framing, LINE_BYTES_MAX);
        packets.extend(bytes);
        while let Ok(Some(packet)) = packets.next() {
            let mut again = Deframer::new(framing, LINE_BYTES_MAX);
            again.extend(&frame(framing, &packet));
            assert_eq!(again.next(), Ok(Some(packet)), "a frame reads as another packet");
        }
    }
}

fn osc_datagram(bytes: &[u8]) {
    const FAN_OUT_MAX: usize = 64;
    let bounds = walk::Bounds { messages_max: FAN_OUT_MAX, depth_max: 8, arguments_max: 1024 };
    let Ok(found) = walk::walk(bytes, bounds) else { return };
    assert!(found.len() <= FAN_OUT_MAX);
    for message in found.into_iter().filter_map(|found| sender::decode(found.bytes).ok()) {
        let counts = plan::Counts { tracks: 5, scenes: 5 };
        if let Ok(requests) = plan::plan(&message, Some(counts), FAN_OUT_MAX) {
            assert!(requests.len() <= FAN_OUT_MAX);
        }
        if let Some(pattern) = Pattern::parse(&message.addr) {
            let _ = pattern.matches("/live/song/get/tempo");
        }
    }
}

/// Lines of a gateway, as the client reads them.
pub fn gateway_answers(bytes: &[u8]) {
    for line in bytes.split(|&byte| byte == b'\n') {
        let Ok(answer) = AnswerLine::of(Bytes::copy_from_slice(line)) else { continue };
        assert!(!(answer.is_yes() && answer.is_no()));
        let _ = answer.read();
    }
}

/// One object, as the gateway reads a line.
pub fn json(line: &[u8]) -> Option<Map<String, Value>> {
    interpret::parse_object(line, Requests::default().depth_max).ok()
}

/// The command that the gateway would send to the script for a client's line, if the line is a valid request of an action of Live.
pub fn sent_to_script(line: &[u8]) -> Option<String> {
    let request = parse(Message::line(Bytes::copy_from_slice(line)))?;
    let is_live = request.action.handler == Handler::Live;
    is_live.then(|| line::ascii(&script_line::plain(&request)))
}

/// Bytes in hex.
pub fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes)
}
