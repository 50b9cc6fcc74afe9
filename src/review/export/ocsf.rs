//! A row as an event of the Open Cybersecurity Schema Framework 1.3.0: requests are API Activity, sign-ins Authentication, start and end
//! Application Lifecycle, and all others Base Event. Fields without an attribute in the schema are in `unmapped`.

use serde_json::{Value, json};

use super::super::sentence;
use crate::audit::Listed;
use crate::command::{Tag, catalogue};

const SCHEMA: &str = "1.3.0";

/// Category and class of the schema.
const API_ACTIVITY: (u64, u64) = (6, 6003);
const AUTHENTICATION: (u64, u64) = (3, 3002);
const LIFECYCLE: (u64, u64) = (6, 6002);
const BASE: (u64, u64) = (0, 0);

// Severities.
const INFORMATIONAL: u64 = 1;
const LOW: u64 = 2;
const MEDIUM: u64 = 3;

const OTHER: u64 = 99;

pub fn event(row: &Listed) -> Value {
    let ((category, class), activity) = class(row);
    let groups = row.role.as_ref().map(|role| json!([{"name": role}]));
    let user = json!({"name": row.caller.as_deref().unwrap_or("unknown"), "groups": groups});
    let mut event = json!({
        "category_uid": category,
        "class_uid": class,
        "activity_id": activity,
        "type_uid": class * 100 + activity,
        "severity_id": severity(row),
        "time": row.time_us / 1_000,
        "message": sentence(row).text,
        "metadata": {
            "version": SCHEMA,
            "uid": row.seq.to_string(),
            "sequence": row.seq,
            "log_name": "trail",
            "event_code": row.kind,
            "product": product(),
        },
        "unmapped": {
            "parameters": row.parameters, "terms": row.terms, "once": row.once, "verdict": row.verdict, "rule": row.rule,
            "outcome": row.outcome, "delivered": row.delivered, "channel": row.channel, "details": row.details,
            "touched": row.touched, "before": row.before, "after": row.after,
        },
    });
    match (category, class) {
        API_ACTIVITY => {
            event["actor"] = json!({"user": user});
            event["api"] =
                json!({"operation": row.action.as_deref().unwrap_or("unknown"), "service": {"name": "livegate"}});
            event["src_endpoint"] = endpoint(row);
            event["status_id"] = status(row).into();
            event["status_code"] = row.code.clone().into();
            event["duration"] = row.duration_us.map(|us| us / 1_000).into();
        }
        AUTHENTICATION => {
            event["user"] = user;
            event["service"] = json!({"name": "livegate"});
            event["src_endpoint"] = endpoint(row);
            event["status_id"] = if row.kind == "session" { 1 } else { 2 }.into();
        }
        LIFECYCLE => event["app"] = product(),
        _ => (),
    }
    without_nulls(event)
}

fn class(row: &Listed) -> ((u64, u64), u64) {
    match row.kind.as_str() {
        "decision" => (API_ACTIVITY, activity(row.action.as_deref().unwrap_or_default())),
        "session" | "sign_in_refused" => (AUTHENTICATION, 1),
        "session_ended" => (AUTHENTICATION, 2),
        "start" => (LIFECYCLE, 3),
        "stop" => (LIFECYCLE, 4),
        _ => (BASE, OTHER),
    }
}

/// Create, read, update or delete.
fn activity(name: &str) -> u64 {
    let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    match catalogue().find(name) {
        None => OTHER,
        Some(action) if action.is_read() => 2,
        Some(_) if begins(&["create_", "add_", "duplicate_", "load_", "user_add", "token_issue"]) => 1,
        Some(action) if action.access.contains(Tag::Destructive) || begins(&["delete_", "remove_"]) => 4,
        Some(_) => 3,
    }
}

fn severity(row: &Listed) -> u64 {
    let refused = row.verdict.as_deref() == Some("refuse");
    match row.kind.as_str() {
        "sign_in_refused" | "refusals_counted" | "penalty" | "refresh_reused" | "pairing_refused" => MEDIUM,
        _ if refused => LOW,
        _ => INFORMATIONAL,
    }
}

/// 1 success, 2 failure, 99 other: unknown or not finished.
fn status(row: &Listed) -> u64 {
    match (row.verdict.as_deref(), row.outcome.as_deref()) {
        (Some("refuse"), _) => 2,
        (_, Some("ok")) => 1,
        (_, Some("unknown" | "interrupted") | None) => OTHER,
        _ => 2,
    }
}

fn endpoint(row: &Listed) -> Value {
    match row.address.as_deref().map(str::parse::<std::net::SocketAddr>) {
        Some(Ok(address)) => json!({"ip": address.ip().to_string(), "port": address.port()}),
        _ => json!({"name": row.address.as_deref().or(row.channel.as_deref()).unwrap_or("unknown")}),
    }
}

fn product() -> Value {
    json!({"name": "livegate", "vendor_name": "livegate", "version": env!("CARGO_PKG_VERSION")})
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(name, value)| (name, without_nulls(value))).collect()
        }
        other => other,
    }
}
