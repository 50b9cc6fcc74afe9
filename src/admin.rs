//! What the gateway carries out itself: users, tokens, certificates, the trail, and what a caller asks about itself. Same path, another end.

mod about;
mod certificates;
mod consistency;
mod pairing;
mod tokens;
mod trail;
mod users;

pub use certificates::issue_to;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::audit::OutcomeKind;
use crate::gateway::Shared;
use crate::gateway::limit::Admitted;
use crate::gateway::record::Reply;
use crate::gateway::record::reply::shutting_down;
use crate::gateway::record::{Recorded, Recorder};
use crate::gateway::shutdown_requested;
use crate::identity::Unchanged;
use crate::replies::answers::Outlet;
use crate::wire::refusal::{Code, Refusal};

type Answer = Result<Map<String, Value>, Refusal>;

/// A request of this end, and what it may need.
struct Asked<'a> {
    shared: &'a Arc<Shared>,
    recorder: &'a Recorder,
    admitted: &'a Admitted,
    /// The connection on which it was asked.
    outlet: &'a Arc<Outlet>,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        match answer {
            Ok(body) => Reply::ok(body),
            Err(refusal) => Reply::refusal(OutcomeKind::Error, refusal),
        }
    }
}

/// One after the other, so that a connection's administration happens in its order.
pub async fn run(
    shared: Arc<Shared>,
    recorder: Recorder,
    mut requests: mpsc::Receiver<Recorded>,
    mut shutdown: watch::Receiver<bool>,
) {
    let readers = Arc::new(Semaphore::new(shared.config.review.at_once_max));
    loop {
        let mut recorded = tokio::select! {
            Some(recorded) = requests.recv() => recorded,
            () = shutdown_requested(&mut shutdown) => break,
        };
        let admitted = recorded.permitted().admitted();
        if let Some(reply) = too_late(&shared, &recorded) {
            reply.deliver(recorded, &recorder).await;
        } else if trail::is_question(&admitted.request().action.name) {
            let (shared, recorder, readers) = (shared.clone(), recorder.clone(), readers.clone());
            tokio::spawn(async move {
                let _turn = readers.acquire().await;
                let reply = match too_late(&shared, &recorded) {
                    Some(reply) => reply,
                    None => {
                        let request = recorded.request();
                        trail::answer(&shared, &request.action.name, &request.params).await.into()
                    }
                };
                reply.deliver(recorded, &recorder).await;
            });
        } else if admitted.request().action.name == "audit_prune" {
            let (shared, recorder, shutdown) = (shared.clone(), recorder.clone(), shutdown.clone());
            tokio::spawn(async move {
                let turn = shared.retention.turn().await;
                let reply = match too_late(&shared, &recorded) {
                    Some(reply) => reply,
                    None => trail::prune(&shared, &recorded, turn, shutdown).await.into(),
                };
                reply.deliver(recorded, &recorder).await;
            });
        } else if admitted.request().action.name == "pair_wait" {
            let (shared, recorder, shutdown) = (shared.clone(), recorder.clone(), shutdown.clone());
            tokio::spawn(async move {
                let answer = pairing::wait(&shared, &recorded, shutdown).await;
                Reply::from(answer).deliver(recorded, &recorder).await;
            });
        } else {
            let secret = recorded.take_secret();
            let admitted = recorded.permitted().admitted();
            let asked = Asked { shared: &shared, recorder: &recorder, admitted, outlet: recorded.outlet() };
            let answer = carry_out(&asked, secret).await;
            Reply::from(answer).deliver(recorded, &recorder).await;
        }
    }
    requests.close();
    while let Some(recorded) = requests.recv().await {
        Reply::not_sent(shutting_down()).deliver(recorded, &recorder).await;
    }
}

/// What to say instead, if its time is over, or what allowed it no longer holds: it has waited.
fn too_late(shared: &Shared, recorded: &Recorded) -> Option<Reply> {
    if recorded.request().deadline <= shared.clock.now() {
        return Some(Reply::expired());
    }
    let refusal = shared.still_permits(recorded.permitted()).err()?;
    Some(Reply::refusal(OutcomeKind::RefusedInLive, refusal))
}

async fn carry_out(asked: &Asked<'_>, secret: Option<SecretString>) -> Answer {
    match asked.admitted.request().action.name.as_str() {
        "whoami" => Ok(about::whoami(asked)),
        "get_available_tools" => Ok(about::tools(asked)),
        "status" => Ok(about::status(asked).await),
        "user_add" => users::add(asked, secret).await,
        "user_set_role" => users::set_role(asked).await,
        "user_list" => Ok(users::list(asked)),
        "user_disable" => users::disable(asked).await,
        "pair_offer" => pairing::offer(asked).await,
        "pair_withdraw" => pairing::withdraw(asked),
        "user_enable" => users::enable(asked).await,
        "user_remove" => users::remove(asked).await,
        "user_set_password" => users::set_password(asked, secret).await,
        "token_issue" => tokens::issue(asked).await,
        "token_list" => Ok(tokens::list(asked)),
        "token_rotate_keys" => tokens::rotate_keys(asked).await,
        "token_revoke" => tokens::revoke(asked).await,
        "certificate_show" => certificates::show(asked).await,
        "certificate_renew" => certificates::renew(asked).await,
        "client_certificate_issue" => certificates::issue_client(asked).await,
        "client_certificate_list" => Ok(certificates::list_clients(asked)),
        "client_certificate_revoke" => certificates::revoke_client(asked).await,
        "ca_rotate" => certificates::rotate(asked).await,
        other => Err(internal(&format!("the gateway does not know how to carry out {other}"))),
    }
}

impl Asked<'_> {
    fn param(&self, key: &str) -> Option<&Value> {
        self.admitted.request().params.get(key)
    }

    /// A text that the catalogue demands.
    fn text(&self, key: &str) -> &str {
        self.param(key).and_then(Value::as_str).unwrap_or_default()
    }
}

fn unchanged(unchanged: Unchanged) -> Refusal {
    match unchanged {
        Unchanged::Invalid(message) => Refusal::new(Code::InvalidParams, message),
        Unchanged::Unwell(error) => internal(&format!("cannot change users or tokens: {error:#}")),
    }
}

/// The cause is the operator's; the client gets a reference to it.
fn internal(cause: &str) -> Refusal {
    let reference = hex::encode(crate::platform::random::bytes::<4>());
    tracing::error!(reference, cause, "an action of the gateway's own failed");
    Refusal::new(Code::Internal, "the gateway could not do it; its log says why").reference(reference)
}

fn body(value: Value) -> Map<String, Value> {
    let mut body = match value {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    body.insert("ok".into(), true.into());
    body
}
