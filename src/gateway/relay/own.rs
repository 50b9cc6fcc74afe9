//! What the gateway carries out itself: users, tokens, the trail, and what a caller asks about itself. Same path, another end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, mpsc, watch};

use super::{Reply, Shared, shutting_down};
use crate::audit::{Filter, OutcomeKind, Reader};
use crate::clock;
use crate::command::catalogue;
use crate::gateway::record::{Recorded, Recorder};
use crate::gateway::told_to_end;
use crate::identity::Unchanged;
use crate::refusal::{Code, Refusal};

type Answer = Result<Map<String, Value>, Refusal>;

/// How many may read the trail at once.
const READERS: usize = 2;
/// How much of the trail one answer may hold.
const AUDIT_LIST_BYTES_MAX: usize = 4 * 1024 * 1024;

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
    let readers = Arc::new(Semaphore::new(READERS));
    loop {
        let mut recorded = tokio::select! {
            Some(recorded) = requests.recv() => recorded,
            () = told_to_end(&mut shutdown) => break,
        };
        let admitted = recorded.permitted().admitted();
        if admitted.request().deadline <= Instant::now() {
            Reply::expired().deliver(recorded, &recorder).await;
        } else if let Err(refusal) = shared.still_permits(recorded.permitted()) {
            Reply::refusal(OutcomeKind::RefusedInLive, refusal).deliver(recorded, &recorder).await;
        } else if admitted.request().action.name == "audit_list" {
            // Reading may take its time, and nobody's revocation waits behind it.
            let (shared, recorder, readers) = (shared.clone(), recorder.clone(), readers.clone());
            tokio::spawn(async move {
                let _turn = readers.acquire().await;
                let answer = audit_list(&shared, &recorded.request().params).await;
                Reply::from(answer).deliver(recorded, &recorder).await;
            });
        } else {
            let answer = carry_out(&shared, &recorder, &mut recorded).await;
            Reply::from(answer).deliver(recorded, &recorder).await;
        }
    }
    requests.close();
    while let Some(recorded) = requests.recv().await {
        Reply::not_sent(shutting_down()).deliver(recorded, &recorder).await;
    }
}

async fn carry_out(shared: &Arc<Shared>, recorder: &Recorder, recorded: &mut Recorded) -> Answer {
    let secret = recorded.take_secret();
    let admitted = recorded.permitted().admitted();
    let params = &admitted.request().params;
    let text = |key: &str| params.get(key).and_then(Value::as_str).unwrap_or_default();
    let directory = &shared.directory;
    match admitted.request().action.name.as_str() {
        "whoami" => Ok(admitted.caller().describe(admitted.role())),
        "get_available_tools" => Ok(tools(shared, admitted.role(), params.get("schemas") == Some(&Value::Bool(true)))),
        "status" => Ok(status(shared, recorder)),
        "user_add" => {
            let (user, role) = (text("user"), text("role"));
            check_role(shared, role)?;
            directory.add_user(user, role, secret).await.map_err(unchanged)?;
            Ok(body(json!({"user": user, "role": role})))
        }
        "user_set_role" => {
            let (user, role) = (text("user"), text("role"));
            check_role(shared, role)?;
            directory.set_role(user, role).await.map_err(unchanged)?;
            Ok(body(json!({"user": user, "role": role})))
        }
        "user_list" => Ok(body(json!({"users": directory.users()}))),
        "user_disable" => {
            directory.disable_user(text("user")).await.map_err(unchanged)?;
            Ok(body(json!({"user": text("user"), "message": "disabled; open connections end now"})))
        }
        "token_issue" => {
            let ttl = Duration::from_secs(params.get("ttl_s").and_then(Value::as_u64).unwrap_or_default());
            let (token, secret) = directory.issue_token(text("user"), ttl).await.map_err(unchanged)?;
            let expires = clock::rfc3339(token.expires_at);
            Ok(body(json!({"token": secret.expose_secret(), "jti": token.jti, "user": token.user, "expires": expires})))
        }
        "token_list" => Ok(body(json!({"tokens": directory.tokens()}))),
        "token_revoke" => {
            directory.revoke_token(text("jti")).await.map_err(unchanged)?;
            Ok(body(json!({"jti": text("jti"), "message": "revoked; its connections end now"})))
        }
        other => Err(internal(&format!("the gateway does not know how to carry out {other}"))),
    }
}

/// Only what the caller may call.
fn tools(shared: &Shared, role: &str, with_schemas: bool) -> Map<String, Value> {
    let policy = shared.policy.load();
    let may = |action: &&crate::command::Action| policy.policy.may_ever(role, action);
    let tools: Vec<_> = catalogue().actions().iter().filter(may).collect();
    let mut answer = body(json!({"tools": tools.iter().map(|action| &action.name).collect::<Vec<_>>()}));
    if with_schemas {
        answer.insert("schemas".into(), tools.iter().map(|action| action.entry.clone()).collect());
    }
    answer
}

fn status(shared: &Shared, recorder: &Recorder) -> Map<String, Value> {
    body(json!({
        "version": env!("CARGO_PKG_VERSION"),
        "uptime_s": shared.started.elapsed().as_secs(),
        "connections": shared.door.count(),
        "bridge": shared.bridge.describe(),
        "trail": {"well": recorder.health().is_well()},
        "policy": shared.policy.load().policy.digest,
    }))
}

async fn audit_list(shared: &Arc<Shared>, params: &Map<String, Value>) -> Answer {
    let number = |key: &str| params.get(key).and_then(Value::as_i64).unwrap_or_default();
    let limit = u32::try_from(number("limit")).unwrap_or(1);
    let filter = Filter { after_seq: number("after_seq"), limit, bytes_max: AUDIT_LIST_BYTES_MAX };
    let file = shared.trail_file.clone();
    let read = move || Reader::open(&file)?.list(&filter);
    let rows = match tokio::task::spawn_blocking(read).await {
        Ok(Ok(rows)) => rows,
        Ok(Err(error)) => return Err(internal(&format!("cannot read the trail: {error:#}"))),
        Err(error) => return Err(internal(&format!("cannot read the trail: {error}"))),
    };
    let last_seq = rows.last().map_or_else(|| number("after_seq"), |row| row.seq);
    Ok(body(json!({"rows": rows, "last_seq": last_seq})))
}

fn check_role(shared: &Shared, role: &str) -> Result<(), Refusal> {
    let policy = shared.policy.load();
    match policy.policy.has_role(role) {
        true => Ok(()),
        false => {
            let roles = policy.policy.role_names().join(", ");
            Err(Refusal::new(Code::InvalidParams, format!("there is no such role; the roles are {roles}")))
        }
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
    let reference = hex::encode(crate::random::bytes::<4>());
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
