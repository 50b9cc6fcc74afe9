//! Admin actions, which the gateway itself carries out: users, tokens, certificates, the trail, and information about the caller. They take the same
//! path as actions on Live.

mod about;
mod addresses;
mod approvals;
mod certificates;
mod consistency;
mod metrics;
pub mod other_programs;
mod pairing;
mod policies;
pub mod reload;
mod roles_text;
mod tokens;
mod trail;
mod users;

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::sync::{Semaphore, mpsc, watch};

use crate::approvals::Decision;
use crate::audit::OutcomeKind;
use crate::command::{AdminAction, Handler, OrderedAction, TrailQuery};
use crate::gateway::limit::{Admitted, unread};
use crate::gateway::record::reply::shutting_down;
use crate::gateway::record::{Recorded, Recorder, Reply};
use crate::identity::{ChangeError, Issuers, SignIn};
use crate::platform::shutdown::shutdown_requested;
use crate::replies::answers::ConnectionHandle;
use crate::shared::Shared;
use crate::wire::refusal::{Code, Refusal};

pub use certificates::issue_to;

type Answer = Result<Map<String, Value>, Refusal>;

/// A request for an admin action, and what it needs to run.
struct AdminRequest<'a> {
    shared: &'a Arc<Shared>,
    recorder: &'a Recorder,
    admitted: &'a Admitted,
    /// The handle of the connection that sent it.
    connection_handle: &'a Arc<ConnectionHandle>,
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        match answer {
            Ok(body) => Reply::ok(body),
            Err(refusal) => Reply::refusal(OutcomeKind::Error, refusal),
        }
    }
}

/// The longest answer of a read in bytes, except pages of the trail. It is reserved before the answer is made.
const READ_ANSWER_BYTES: usize = 256 * 1024;

/// State shared by the tasks of admin actions.
#[derive(Clone)]
struct Admin {
    shared: Arc<Shared>,
    recorder: Recorder,
    /// Limits how many queries read the trail at once.
    readers: Arc<Semaphore>,
    shutdown: watch::Receiver<bool>,
}

/// Carry out admin actions until shutdown. Ordered actions run one after the other, so that a connection's changes keep their order.
pub async fn run(
    shared: Arc<Shared>,
    recorder: Recorder,
    mut requests: mpsc::Receiver<Recorded>,
    mut shutdown: watch::Receiver<bool>,
) {
    let readers = Arc::new(Semaphore::new(shared.config.review.at_once_max));
    let admin = Admin { shared, recorder, readers, shutdown: shutdown.clone() };
    loop {
        tokio::select! {
            Some(recorded) = requests.recv() => admin.start(recorded).await,
            () = shutdown_requested(&mut shutdown) => break,
        }
    }
    requests.close();
    while let Some(recorded) = requests.recv().await {
        Reply::not_sent(shutting_down()).deliver(recorded, &admin.recorder).await;
    }
}

impl Admin {
    /// Start an action. An ordered one has finished when this returns.
    async fn start(&self, mut recorded: Recorded) {
        if let Some(reply) = self.too_late(&recorded) {
            return reply.deliver(recorded, &self.recorder).await;
        }
        if recorded.request().action.is_read() {
            recorded.count_unread(READ_ANSWER_BYTES);
        }
        let Handler::Admin(action) = recorded.request().action.handler else {
            let refusal = internal("the recorder sent an action here that the gateway does not carry out");
            return Reply::not_sent(refusal).deliver(recorded, &self.recorder).await;
        };
        let admin = self.clone();
        match action {
            AdminAction::Trail(query) => _ = tokio::spawn(async move { admin.query_trail(query, recorded).await }),
            AdminAction::AuditPrune => _ = tokio::spawn(async move { admin.prune_trail(recorded).await }),
            AdminAction::PairWait => _ = tokio::spawn(async move { admin.wait_for_pairing(recorded).await }),
            AdminAction::Ordered(action) => admin.carry_out(action, recorded).await,
        }
    }

    async fn query_trail(self, query: TrailQuery, recorded: Recorded) {
        let _slot = self.readers.acquire().await;
        let reply = match self.too_late(&recorded) {
            Some(reply) => reply,
            None => trail::answer(&self.shared, self.recorder.health(), query, &recorded.request().params).await.into(),
        };
        reply.deliver(recorded, &self.recorder).await;
    }

    async fn prune_trail(self, recorded: Recorded) {
        let turn = self.shared.retention.turn().await;
        let reply = match self.too_late(&recorded) {
            Some(reply) => reply,
            None => trail::prune(&self.shared, &recorded, turn, self.shutdown).await.into(),
        };
        reply.deliver(recorded, &self.recorder).await;
    }

    async fn wait_for_pairing(self, recorded: Recorded) {
        let mut shutdown = self.shutdown.clone();
        let answer = match addresses::wait(&self.shared, &recorded, &mut shutdown).await {
            Some(answer) => answer,
            None => pairing::wait(&self.shared, &recorded, self.shutdown).await,
        };
        Reply::from(answer).deliver(recorded, &self.recorder).await;
    }

    async fn carry_out(self, action: OrderedAction, mut recorded: Recorded) {
        let secret = recorded.take_secret();
        let request = AdminRequest {
            shared: &self.shared,
            recorder: &self.recorder,
            admitted: recorded.permitted().admitted(),
            connection_handle: recorded.connection_handle(),
        };
        let answer = answer(action, &request, secret).await;
        Reply::from(answer).deliver(recorded, &self.recorder).await;
    }

    /// The reply to a request that waited too long: its deadline has passed, its permission was withdrawn, or its caller has too much unread.
    fn too_late(&self, recorded: &Recorded) -> Option<Reply> {
        if recorded.request().deadline <= self.shared.clock.now() {
            return Some(Reply::expired());
        }
        if recorded.request().action.is_read() && !recorded.may_be_unread(0) {
            return Some(Reply::not_sent(unread()));
        }
        let refusal = self.shared.still_permits(recorded.permitted()).err()?;
        Some(Reply::not_sent(refusal))
    }
}

async fn answer(action: OrderedAction, request: &AdminRequest<'_>, secret: Option<SecretString>) -> Answer {
    match action {
        OrderedAction::Whoami => Ok(about::whoami(request)),
        OrderedAction::Tools => Ok(policies::tools(request)),
        OrderedAction::Status => Ok(about::status(request).await),
        OrderedAction::Metrics => Ok(metrics::metrics(request).await),
        OrderedAction::UserAdd => users::add(request, secret).await,
        OrderedAction::UserSetRole => users::set_role(request).await,
        OrderedAction::UserList => Ok(users::list(request)),
        OrderedAction::UserDisable => users::disable(request).await,
        OrderedAction::UserEnable => users::enable(request).await,
        OrderedAction::UserRemove => users::remove(request).await,
        OrderedAction::UserSetPassword => users::set_password(request, secret).await,
        OrderedAction::TokenIssue => tokens::issue(request).await,
        OrderedAction::TokenList => Ok(tokens::list(request)),
        OrderedAction::TokenRevoke => tokens::revoke(request).await,
        OrderedAction::TokenRotateKeys => tokens::rotate_keys(request).await,
        OrderedAction::CertificateShow => certificates::show(request).await,
        OrderedAction::CertificateRenew => certificates::renew(request).await,
        OrderedAction::ClientCertificateIssue => certificates::issue_client(request).await,
        OrderedAction::ClientCertificateList => Ok(certificates::list_clients(request)),
        OrderedAction::ClientCertificateRevoke => certificates::revoke_client(request).await,
        OrderedAction::CaRotate => certificates::rotate(request).await,
        OrderedAction::PairOffer => pairing::offer(request).await,
        OrderedAction::PairOscOffer => addresses::offer(request),
        OrderedAction::PairOscConfirm => addresses::confirm(request).await,
        OrderedAction::PolicyExplain => policies::explain(request),
        OrderedAction::PolicyMatrix => policies::matrix(request),
        OrderedAction::PolicyCheck => roles_text::check(request).await,
        OrderedAction::PolicyTest => roles_text::test(request).await,
        OrderedAction::PolicyDiff => roles_text::diff(request).await,
        OrderedAction::PolicyReload => policies::reload(request).await,
        OrderedAction::RoleList => policies::roles(request),
        OrderedAction::ApprovalList => Ok(approvals::list(request)),
        OrderedAction::GetApproval => approvals::show(request),
        OrderedAction::Approve => approvals::decide(request, Decision::Approve).await,
        OrderedAction::Deny => approvals::decide(request, Decision::Deny).await,
        OrderedAction::ApprovalGrants => Ok(approvals::grants(request)),
        OrderedAction::ApprovalRevoke => approvals::revoke(request).await,
        OrderedAction::Freeze => policies::freeze(request),
        OrderedAction::Thaw => policies::thaw(request),
        OrderedAction::PairWithdraw => pairing::withdraw(request),
    }
}

impl AdminRequest<'_> {
    fn param(&self, key: &str) -> Option<&Value> {
        self.admitted.request().params.get(key)
    }

    /// The issuers of a credential that the caller issues.
    fn issuers(&self) -> Issuers {
        self.admitted.caller().sign_in().map(SignIn::as_issuers).unwrap_or_default()
    }

    /// A required text parameter.
    fn text(&self, key: &str) -> &str {
        self.param(key).and_then(Value::as_str).unwrap_or_default()
    }
}

fn unchanged(unchanged: ChangeError) -> Refusal {
    match unchanged {
        ChangeError::Invalid(message) => Refusal::new(Code::InvalidParams, message),
        ChangeError::Failed(error) => internal(&format!("cannot change users or tokens: {error:#}")),
    }
}

/// Log the cause for the operator; the client gets a reference to it.
fn internal(cause: &str) -> Refusal {
    let reference = hex::encode(crate::platform::random::bytes::<4>());
    tracing::error!(reference, cause, "an admin action failed");
    Refusal::new(Code::Internal, "the action failed; the gateway's log has the cause").reference(reference)
}

fn body(value: Value) -> Map<String, Value> {
    let mut body = match value {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    body.insert("ok".into(), true.into());
    body
}
