//! How a device that nobody knows yet is given a user and a token on this connection.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::Session;
use crate::admin::issue_to;
use crate::audit::Event;
use crate::command::PairingStep;
use crate::gateway::accept::Failure;
use crate::gateway::interpret::Request;
use crate::gateway::record::Entry;
use crate::identity::pairing::{Begun, Claim, Gift};
use crate::identity::{Denied, Fault, Token, Unchanged};
use crate::platform::clock;
use crate::replies::answers::Slot;
use crate::shared::Shared;
use crate::tls;
use crate::wire::refusal::{Code, Refusal};

/// What a connection knows of pairing.
pub struct PairingEnd {
    /// What both ends of the TLS connection know and nobody between them.
    exporter: Option<[u8; 32]>,
    begun: Option<Begun>,
}

impl PairingEnd {
    pub fn over(exporter: Option<[u8; 32]>) -> PairingEnd {
        PairingEnd { exporter, begun: None }
    }
}

/// What an exchange has come to.
enum Step {
    Answer(Map<String, Value>),
    Claim { claim: Claim, way: &'static str },
}

impl Session {
    /// One step of a pairing. It leaves the connection's caller as it is: the device comes back with its token.
    pub(super) async fn pair(&mut self, step: PairingStep, mut request: Request) {
        let slot = self.answers.slot(request.id.clone());
        let secret = request.secret.take().unwrap_or_default();
        match self.step(step, &secret) {
            Ok(Step::Answer(body)) => drop(slot.answer(body)),
            Ok(Step::Claim { claim, way }) => {
                let public_key = request.params.get("public_key").and_then(Value::as_str);
                self.give(claim, way, public_key, slot).await;
            }
            Err(denied) => self.refuse_pairing(&denied, slot).await,
        }
    }

    fn step(&mut self, step: PairingStep, secret: &SecretString) -> Result<Step, Denied> {
        let (pairing, now) = (&self.shared.pairing, self.shared.clock.now());
        let exporter = self.pairing.exporter.ok_or(Denied::because("pairing without TLS"))?;
        // Whatever comes now, what was begun before is over.
        let begun = self.pairing.begun.take();
        let message = || hex::decode(secret.expose_secret()).unwrap_or_default();
        match (step, begun) {
            (PairingStep::Link, None) => Ok(Step::Claim { claim: pairing.claim(secret, now)?, way: "link" }),
            (PairingStep::Begin, None) => {
                let (begun, answer) = pairing.begin(&message(), &exporter, now)?;
                self.pairing.begun = Some(begun);
                let body = json!({"ok": true, "message": hex::encode(answer)});
                Ok(Step::Answer(body.as_object().cloned().unwrap_or_default()))
            }
            (PairingStep::Finish, Some(begun)) => {
                Ok(Step::Claim { claim: pairing.finish(begun, &message(), now)?, way: "code" })
            }
            _ => Err(Denied::because("a pairing message out of turn")),
        }
    }

    /// Recorded first, then given: user, token, and by what the gateway is known.
    async fn give(&mut self, claim: Claim, way: &'static str, public_key: Option<&str>, slot: Slot) {
        let gift = claim.gift.clone();
        let public_key = public_key.filter(|_| gift.certificate);
        // Before there is a user: its token would be good for nothing.
        if gift.certificate && !public_key.is_some_and(tls::is_public_key) {
            claim.failed("the device showed no key for its certificate");
            return self.refuse_pairing(&Denied::because("no public key for the certificate"), slot).await;
        }
        // Users come and go while an offer is open. It is not the device's fault, and the owner is told.
        if let Err(Unchanged::Invalid(why)) = self.shared.directory.check_gift(&gift) {
            claim.failed(why);
            let reason = "what was offered cannot be given any more";
            let denied = Denied { fault: Fault::Ours, ..Denied::because(reason) };
            return self.refuse_pairing(&denied, slot).await;
        }
        let token = gift.token();
        let event = Event::new("paired")
            .with("caller", gift.user.as_ref())
            .with_some("role", gift.role.as_deref())
            .with("label", gift.label.as_ref())
            .with("jti", token.jti.as_ref())
            .with("offered_by", gift.by.as_ref())
            .with("way", way)
            .with_some("public_key", public_key)
            .with_some("address", self.address());
        if let Err(refusal) = self.recorder.anchor(event).await {
            claim.failed("it could not be recorded");
            slot.refuse(&refusal);
            return;
        }
        match hand_over(&self.shared, &gift, &token, public_key).await {
            Ok((text, certificate)) => {
                tracing::info!(connection = self.answers.connection(), user = %gift.user, way, "paired");
                claim.paired(&token.jti);
                self.standing.mark_known();
                let role = self.shared.directory.role_of(&gift.user);
                let mut body = json!({
                    "ok": true, "caller": gift.user, "role": role, "jti": token.jti, "token": text.expose_secret(),
                    "expires": clock::rfc3339(token.expires_at), "pin": gift.pin,
                });
                if let Some(certificate) = certificate {
                    body["certificate"] = certificate.into();
                }
                slot.answer(body.as_object().cloned().unwrap_or_default());
            }
            Err(cause) => {
                tracing::error!(cause, "a device could not be admitted");
                claim.failed("its user or token could not be made; the gateway's log says why");
                let reason = "its user or token could not be made";
                let denied = Denied { fault: Fault::Ours, ..Denied::because(reason) };
                self.refuse_pairing(&denied, slot).await;
            }
        }
    }

    /// Every refusal reads the same to the device; the reason is for the trail.
    async fn refuse_pairing(&mut self, denied: &Denied, slot: Slot) {
        let event = self.pairing_refused(denied);
        if denied.fault != Fault::Ours {
            self.penalise(Failure::SignIn);
        }
        self.lose_patience();
        let refusal = refused();
        let entry = self.count_refusal(event.bytes(), (slot, refusal), |slot, refusal| Entry::Told {
            event,
            answers: vec![(slot, refusal)],
        });
        self.submit(&mut Vec::from_iter(entry)).await;
    }

    /// Whoever has begun and goes away may have tried a code on the answer.
    pub(super) async fn end_pairing(&mut self) {
        if self.pairing.begun.take().is_some() {
            let event = self.pairing_refused(&Denied::because("a pairing that was begun and not finished"));
            self.penalise(Failure::SignIn);
            self.recorder.event(event).await;
        }
    }

    fn pairing_refused(&self, denied: &Denied) -> Event {
        tracing::info!(connection = self.answers.connection(), reason = denied.reason, "pairing refused");
        Event::new("pairing_refused")
            .with("reason", denied.reason)
            .with("channel", self.door.name())
            .with_some("address", self.address())
    }
}

/// User and token, and a certificate for the key if one was promised: the token is no good without it.
async fn hand_over(
    shared: &Arc<Shared>,
    gift: &Gift,
    token: &Token,
    public_key: Option<&str>,
) -> Result<(SecretString, Option<String>), String> {
    let directory = &shared.directory;
    let admitted = directory.admit_device(gift, token.clone()).await;
    let text = admitted.map_err(|unchanged| format!("{unchanged:?}"))?;
    let certificate = match (gift.certificate, public_key) {
        (false, _) => return Ok((text, None)),
        (true, None) => Err("it showed no key for its certificate".to_owned()),
        (true, Some(key)) => {
            let issued = issue_to(shared, &gift.user, Some(&gift.label), key, gift.ttl).await;
            issued.map(|(_, certificate)| certificate).map_err(|refusal| refusal.message.into_owned())
        }
    };
    if certificate.is_err()
        && let Err(unchanged) = directory.revoke_token(&token.jti).await
    {
        tracing::error!(?unchanged, jti = %token.jti, "a token that was handed to nobody could not be revoked");
    }
    certificate.map(|certificate| (text, Some(certificate)))
}

fn refused() -> Refusal {
    Refusal::new(Code::Unauthenticated, "this pairing is not good; ask the owner for a new one (livegate pair)")
}
