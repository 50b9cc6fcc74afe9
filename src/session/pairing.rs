//! Pairing: a device on this connection proves that it knows an offer's code, and receives a user and a token.

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
use crate::identity::pairing::{ClaimedOffer, CodeExchange, DeviceGrant};
use crate::identity::{ChangeError, Denied, Fault, KeyTerms, Token};
use crate::platform::clock;
use crate::replies::answers::AnswerSlot;
use crate::shared::Shared;
use crate::tls;
use crate::wire::refusal::{Code, Refusal};

/// The state of a pairing on one connection.
pub struct PairingEnd {
    /// Keying material exported from the TLS connection; only its two ends know it.
    exporter: Option<[u8; 32]>,
    exchange: Option<CodeExchange>,
}

impl PairingEnd {
    pub fn over(exporter: Option<[u8; 32]>) -> PairingEnd {
        PairingEnd { exporter, exchange: None }
    }
}

/// The progress of an exchange.
enum Step {
    Answer(Map<String, Value>),
    ClaimedOffer { claim: ClaimedOffer, way: &'static str },
}

impl Session {
    /// One step of a pairing. It does not change the connection's caller; the device reconnects with its token.
    pub(super) async fn pair(&mut self, step: PairingStep, mut request: Request) {
        let slot = self.answers.slot(request.id.clone());
        let secret = request.secret.take().unwrap_or_default();
        match self.step(step, &secret) {
            Ok(Step::Answer(body)) => drop(slot.answer(body)),
            Ok(Step::ClaimedOffer { claim, way }) => {
                let public_key = request.params.get("public_key").and_then(Value::as_str);
                self.give(claim, way, public_key, slot).await;
            }
            Err(denied) => self.refuse_pairing(&denied, slot).await,
        }
    }

    fn step(&mut self, step: PairingStep, secret: &SecretString) -> Result<Step, Denied> {
        let pairing = &self.shared.pairing;
        let now = self.shared.clock.now();
        let exporter = self.pairing.exporter.ok_or(Denied::because("pairing without TLS"))?;
        // Any further message ends an exchange in progress.
        let exchange = self.pairing.exchange.take();
        let message = || hex::decode(secret.expose_secret()).unwrap_or_default();
        match (step, exchange) {
            (PairingStep::Link, None) => Ok(Step::ClaimedOffer { claim: pairing.claim(secret, now)?, way: "link" }),
            (PairingStep::Begin, None) => {
                let (exchange, answer) = pairing.begin(&message(), &exporter, now)?;
                self.pairing.exchange = Some(exchange);
                let body = json!({"ok": true, "message": hex::encode(answer)});
                Ok(Step::Answer(body.as_object().cloned().unwrap_or_default()))
            }
            (PairingStep::Finish, Some(exchange)) => {
                Ok(Step::ClaimedOffer { claim: pairing.finish(exchange, &message(), now)?, way: "code" })
            }
            _ => Err(Denied::because("a pairing message out of turn")),
        }
    }

    /// Record the pairing, then give the device its user, its token and the gateway's identity.
    async fn give(&mut self, claim: ClaimedOffer, way: &'static str, public_key: Option<&str>, slot: AnswerSlot) {
        let grant = claim.grant.clone();
        let public_key = public_key.filter(|_| grant.certificate);
        // Check this before the user is created: without a certificate the token could not be used.
        if grant.certificate && !public_key.is_some_and(tls::is_public_key) {
            claim.failed("the device sent no key for its certificate");
            return self.refuse_pairing(&Denied::because("no public key for the certificate"), slot).await;
        }
        // Users may change while an offer is open. The device is not at fault; the owner is notified.
        if let Err(ChangeError::Invalid(why)) = self.shared.directory.check_grant(&grant) {
            claim.failed(why);
            let reason = "the offered user or role no longer exists";
            let denied = Denied { fault: Fault::Ours, ..Denied::because(reason) };
            return self.refuse_pairing(&denied, slot).await;
        }
        let token = grant.token();
        let event = Event::new("paired")
            .with("caller", grant.user.as_ref())
            .with_some("role", grant.role.as_deref())
            .with("label", grant.label.as_ref())
            .with("jti", token.jti.as_ref())
            .with("offered_by", grant.by.as_ref())
            .with("way", way)
            .with_some("public_key", public_key)
            .with_some("address", self.address());
        if let Err(refusal) = self.recorder.anchor(event).await {
            claim.failed("it could not be recorded");
            slot.refuse(&refusal);
            return;
        }
        match hand_over(&self.shared, &grant, &token, public_key).await {
            Ok((text, certificate)) => {
                tracing::info!(connection = self.answers.connection(), user = %grant.user, way, "paired");
                claim.paired(&token.jti);
                self.standing.mark_known();
                let role = self.shared.directory.role_of(&grant.user);
                let mut body = json!({
                    "ok": true, "caller": grant.user, "role": role, "jti": token.jti, "token": text.expose_secret(),
                    "expires": clock::rfc3339(token.expires_at), "pin": grant.pin,
                });
                if let Some(certificate) = certificate {
                    body["certificate"] = certificate.into();
                }
                slot.answer(body.as_object().cloned().unwrap_or_default());
            }
            Err(cause) => {
                tracing::error!(cause, "a device could not be admitted");
                claim.failed("its user or token could not be created; the gateway's log has the cause");
                let reason = "its user or token could not be created";
                let denied = Denied { fault: Fault::Ours, ..Denied::because(reason) };
                self.refuse_pairing(&denied, slot).await;
            }
        }
    }

    /// Refuse. The device gets the same answer for every reason; the trail gets the reason.
    async fn refuse_pairing(&mut self, denied: &Denied, slot: AnswerSlot) {
        let event = self.pairing_refused(denied);
        if denied.fault != Fault::Ours {
            self.penalise(Failure::SignIn);
        }
        self.count_sign_in_failure();
        let refusal = refused();
        let entry = self.count_refusal(event.bytes(), (slot, refusal), |slot, refusal| Entry::RefusedEvent {
            event,
            answers: vec![(slot, refusal)],
        });
        self.submit(&mut Vec::from_iter(entry)).await;
    }

    /// A device that disconnects during an exchange may have tried a code, so that counts as a failure.
    pub(super) async fn end_pairing(&mut self) {
        if self.pairing.exchange.take().is_some() {
            let event = self.pairing_refused(&Denied::because("an unfinished pairing"));
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

/// Create user and token, and a certificate for the device's key if the offer includes one.
async fn hand_over(
    shared: &Arc<Shared>,
    grant: &DeviceGrant,
    token: &Token,
    public_key: Option<&str>,
) -> Result<(SecretString, Option<String>), String> {
    let directory = &shared.directory;
    let admitted = directory.admit_device(grant, token.clone()).await;
    let text = admitted.map_err(|unchanged| format!("{unchanged:?}"))?;
    let certificate = match (grant.certificate, public_key) {
        (false, _) => return Ok((text, None)),
        (true, None) => Err("it sent no key for its certificate".to_owned()),
        (true, Some(key)) => {
            let label = Some(grant.label.as_ref());
            let issuers = grant.issuers.clone();
            let issued = issue_to(shared, &grant.user, key, KeyTerms { ttl: grant.ttl, label, issuers }).await;
            issued.map(|(_, certificate)| certificate).map_err(|refusal| refusal.message.into_owned())
        }
    };
    if certificate.is_err()
        && let Err(unchanged) = directory.revoke_token(&token.jti).await
    {
        tracing::error!(?unchanged, jti = %token.jti, "cannot revoke a token that was not delivered");
    }
    certificate.map(|certificate| (text, Some(certificate)))
}

fn refused() -> Refusal {
    Refusal::new(Code::Unauthenticated, "this pairing is not valid; ask the owner for a new one (livegate pair)")
}
