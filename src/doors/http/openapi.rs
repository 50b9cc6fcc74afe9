//! OpenAPI 3.1 of the door, from the catalogue: every action with its parameters, answer, example and refusals.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::actions::is_readable;
use super::problem::{self, MEDIA_TYPE};
use crate::command::{Action, Handler, catalogue};
use crate::wire::refusal::Code;

pub fn document() -> Value {
    let mut paths = Map::new();
    for action in catalogue().actions().iter().filter(|action| is_offered(action)) {
        paths.insert(format!("/v1/actions/{}", action.name), path(action));
    }
    paths.insert("/v1/actions".into(), json!({"get": list()}));
    paths.insert("/v1/batch".into(), json!({"post": operation("run_batch", find("batch"))}));
    let mut approval = operation("get_approval_of_ticket", find("get_approval"));
    approval.as_object_mut().map(|approval| approval.remove("requestBody"));
    approval["parameters"] =
        json!([{"name": "ticket", "in": "path", "required": true, "schema": {"type": "string", "maxLength": 64}}]);
    paths.insert("/v1/approvals/{ticket}".into(), json!({"get": approval}));
    for name in ["login", "refresh"] {
        let mut operation = operation(name, find(name));
        operation["security"] = json!([]);
        paths.insert(format!("/v1/{name}"), json!({"post": operation}));
    }
    paths.insert("/v1/events".into(), json!({"get": events()}));
    paths.insert("/v1/ws".into(), json!({"get": websocket()}));
    paths.insert("/healthz".into(), json!({"get": health()}));
    paths.insert("/metrics".into(), json!({"get": metrics()}));
    paths.insert("/mcp".into(), json!({"post": mcp()}));
    paths.insert("/v1/openapi.json".into(), json!({"get": description("openapi", "application/json")}));
    paths.insert("/v1/docs".into(), json!({"get": description("docs", "text/html")}));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "livegate",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Safe remote control of Ableton Live. The caller's role decides which actions it may call; every request is recorded.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": problem_schema(), "Condition": condition_schema()},
            "responses": responses(),
            "parameters": {"IdempotencyKey": idempotency_key()},
        },
    })
}

/// Whether an action has a resource. Sign-ins and actions that need a lasting connection have none.
fn is_offered(action: &Action) -> bool {
    !matches!(action.handler, Handler::Session(_) | Handler::Bridge(_))
}

fn find(name: &str) -> &'static Action {
    catalogue().find(name).expect("the catalogue has it")
}

fn path(action: &Action) -> Value {
    let mut path = json!({"post": operation(&action.name, action)});
    if is_readable(action) {
        let mut get = operation(&format!("{}_by_query", action.name), action);
        get.as_object_mut().map(|get| get.remove("requestBody"));
        let schema = action.parameters_schema();
        let required =
            |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|one| *one == *name));
        let parameters = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| {
            // Arrays and objects are JSON in the query.
            let is_json = matches!(schema["type"].as_str(), Some("array" | "object"));
            let value = if is_json {
                ("content", json!({"application/json": {"schema": schema}}))
            } else {
                ("schema", schema.clone())
            };
            json!({"name": name, "in": "query", "required": required(name), (value.0): value.1})
        });
        get["parameters"] = parameters.collect();
        path["get"] = get;
    }
    path
}

fn operation(id: &str, action: &Action) -> Value {
    let takes_terms = action.handler.is_in_live();
    let mut schema = action.parameters_schema();
    if takes_terms && let Some(properties) = schema["properties"].as_object_mut() {
        properties.extend(terms(action));
    }
    let mut operation = json!({
        "operationId": id,
        "summary": action.entry["doc"].as_str().unwrap_or_default().split(". ").next(),
        "description": action.entry["doc"],
        "tags": [action.entry["category"]],
        "x-livegate-access": action.entry["access"],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": schema, "example": action.example()}},
        },
        "responses": answers(action.answer_schema()),
    });
    if takes_terms && !action.is_read() {
        operation["parameters"] = json!([{"$ref": "#/components/parameters/IdempotencyKey"}]);
    }
    operation
}

/// The terms of a request.
fn terms(action: &Action) -> Map<String, Value> {
    let mut terms = Map::from_iter([
        ("dry_run".to_owned(), json!({"type": "boolean", "description": "check everything, but change nothing"})),
        (
            "deadline_ms".to_owned(),
            json!({"type": "integer", "minimum": 1, "description": "milliseconds after which the request does not run"}),
        ),
    ]);
    if action.handler != Handler::Batch {
        terms.insert("expect".into(), json!({"$ref": "#/components/schemas/Condition"}));
    }
    if action.sets_a_value() {
        let words = "a later value for the same target may replace it while it waits";
        terms.insert("coalesce".into(), json!({"type": "boolean", "description": words}));
    }
    terms
}

fn answers(schema: Value) -> Value {
    let mut answers =
        json!({"200": {"description": "The answer", "content": {"application/json": {"schema": schema}}}});
    refer_to_problems(&mut answers);
    answers
}

fn refer_to_problems(answers: &mut Value) {
    for status in codes_by_status().into_keys().chain([HEADERS_TOO_LARGE]) {
        answers[status.to_string()] = json!({"$ref": format!("#/components/responses/{status}")});
    }
}

/// The answer to a request whose line and headers exceed `http.headers_max` or `http.headers_bytes_max`. It has no body.
const HEADERS_TOO_LARGE: u16 = 431;

/// Every status of a problem, with its codes. Besides, any request may be answered 400 if it is malformed HTTP.
fn codes_by_status() -> BTreeMap<u16, Vec<&'static str>> {
    let mut statuses: BTreeMap<u16, Vec<&str>> = BTreeMap::from([(400, vec!["invalid_params"])]);
    for code in Code::ALL {
        statuses.entry(problem::status(code).as_u16()).or_default().push(code.name());
    }
    statuses
}

fn responses() -> Value {
    let response = |(status, codes): (u16, Vec<&str>)| {
        let mut headers = Map::new();
        if status == 401 {
            headers.insert("WWW-Authenticate".into(), json!({"schema": {"type": "string"}}));
        }
        if status == 405 {
            headers.insert("Allow".into(), json!({"schema": {"type": "string"}}));
        }
        if matches!(status, 429 | 503) {
            headers.insert("Retry-After".into(), json!({"schema": {"type": "integer"}, "description": "seconds"}));
        }
        let example = json!({"type": "about:blank", "title": codes[0], "status": status, "detail": "what is wrong, and what to do", "code": codes[0]});
        let body = json!({"schema": {"$ref": "#/components/schemas/Problem"}, "example": example});
        let response = json!({"description": codes.join(", "), "headers": headers, "content": {MEDIA_TYPE: body}});
        (status.to_string(), response)
    };
    let mut responses: Map<String, Value> = codes_by_status().into_iter().map(response).collect();
    responses.insert(
        HEADERS_TOO_LARGE.to_string(),
        json!({"description": "the headers, or the path with its query, are too long"}),
    );
    Value::Object(responses)
}

fn problem_schema() -> Value {
    let codes: Vec<&str> = Code::ALL.into_iter().map(Code::name).collect();
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457)",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": ["string", "null"]},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"enum": codes},
            "retry_after_ms": {"type": "integer"},
            "reference": {"type": "string", "description": "also in the log of the gateway or of Live"},
        },
    })
}

fn condition_schema() -> Value {
    json!({"type": "object", "description": "A precondition on the set; docs/requests.md lists its members"})
}

fn idempotency_key() -> Value {
    let words = "A request with the key of an earlier one does not run again; its answer has `repeated`";
    json!({
        "name": "Idempotency-Key", "in": "header", "description": words,
        "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!#-~]+$"},
    })
}

fn list() -> Value {
    let mut operation = operation("list_actions", find("get_available_tools"));
    operation.as_object_mut().map(|operation| operation.remove("requestBody"));
    operation["parameters"] = json!([{"name": "schemas", "in": "query", "schema": {"type": "boolean"}}]);
    operation
}

fn events() -> Value {
    let mut responses = json!({"200": {"description": "The current value of each topic, then an event for each change",
        "content": {"text/event-stream": {"schema": {"type": "string"}}}}});
    refer_to_problems(&mut responses);
    json!({
        "operationId": "events",
        "summary": "Stream events",
        "parameters": [{
            "name": "topic", "in": "query", "required": true, "description": "an event, and after colons the indexes of its object",
            "schema": {"type": "array", "minItems": 1, "items": {"type": "string", "examples": ["tempo", "track_volume:0"]}},
        }],
        "responses": responses,
    })
}

fn websocket() -> Value {
    let mut responses = json!({"101": {"description": "A WebSocket, subprotocol livegate.v1"}});
    refer_to_problems(&mut responses);
    json!({"operationId": "websocket", "summary": "Lines in text frames", "responses": responses})
}

fn health() -> Value {
    let text = |description: &str| json!({"description": description, "content": {"text/plain": {"schema": {"type": "string"}}}});
    let mut responses = json!({"200": text("up")});
    refer_to_problems(&mut responses);
    responses["503"] = text("the trail cannot be written");
    json!({"operationId": "health", "summary": "Whether the gateway can record requests", "security": [], "responses": responses})
}

fn metrics() -> Value {
    let page = json!({"description": "Text of Prometheus, version 0.0.4", "content": {"text/plain": {"schema": {"type": "string"}}}});
    let mut responses = json!({"200": page});
    refer_to_problems(&mut responses);
    json!({"operationId": "metrics_page", "summary": "Counts and durations since the start", "responses": responses})
}

/// The Model Context Protocol describes its messages itself; here is what HTTP sees of them.
fn mcp() -> Value {
    let message = json!({"schema": {"type": "object"}});
    let stream = json!({"schema": {"type": "string"}});
    let answer = json!({"application/json": message, "text/event-stream": stream});
    let mut responses = json!({
        "200": {"description": "The response, or a stream of messages that ends with it", "content": answer},
        "406": {"description": "Accept must have application/json and text/event-stream"},
    });
    refer_to_problems(&mut responses);
    // A message that is none, an unknown method or tool, other headers than the body: errors of JSON-RPC.
    for (status, description) in [
        ("202", "A notification was taken"),
        ("400", "No message, or headers that differ from it"),
        ("404", "No such method"),
    ] {
        responses[status] =
            json!({"description": description, "content": {"application/json": message, "text/plain": stream}});
    }
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    json!({
        "operationId": "mcp",
        "summary": "Streamable HTTP of the Model Context Protocol, one message a request",
        "parameters": [{"name": "tools", "in": "query", "schema": {"enum": ["all"]}, "description": "every action as a tool"}],
        "requestBody": {"required": true, "content": {"application/json": {"schema": {"type": "object"}, "example": request}}},
        "responses": responses,
    })
}

fn description(id: &str, kind: &str) -> Value {
    let mut responses = json!({"200": {"description": "This description", "content": {kind: {"schema": {}}}}});
    refer_to_problems(&mut responses);
    json!({"operationId": id, "summary": "This description as a page", "security": [], "responses": responses})
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn references_resolve_and_ids_are_unique() {
        let document = document();
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
        let ids: Vec<&str> =
            text.split("\"operationId\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
        assert!(ids.len() > 300, "{}", ids.len());
    }

    #[test]
    fn every_code_is_documented_for_every_action() {
        let document = document();
        let responses = &document["paths"]["/v1/actions/set_tempo"]["post"]["responses"];
        for code in Code::ALL {
            let status = problem::status(code).as_u16().to_string();
            assert!(responses.get(&status).is_some(), "{code}");
            let described = &document["components"]["responses"][&status]["description"];
            assert!(described.as_str().is_some_and(|codes| codes.contains(code.name())), "{code}");
        }
    }
}
