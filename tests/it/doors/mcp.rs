//! The MCP door over HTTP and on its pipe, as a client of the protocol sees it.

use std::collections::VecDeque;

use livegate::client::Client;
use livegate::command::{Handler, Tag, catalogue};
use serde_json::{Map, Value, json};

use super::adapter::{Ask, Caller};
use crate::support::Studio;
use crate::support::bound::within;
use crate::support::http::{Http, Response};

/// The version whose requests stand alone.
pub const STATELESS: &str = "2026-07-28";
const WITH_INITIALIZE: &str = "2025-11-25";

/// `POST /mcp` over the plain listener.
pub struct OverHttp {
    http: Http,
    token: Option<String>,
    events: Option<Http>,
    resource: String,
    followed: Value,
}

impl OverHttp {
    /// Send a message; the answer as a line.
    pub async fn raw(&mut self, message: &str) -> Value {
        post(&mut self.http, WITH_INITIALIZE, self.token.as_deref(), message).await;
        of_response(&self.http.response().await.expect("a response"))
    }
}

/// The headers of a request in a version.
pub async fn post(http: &mut Http, version: &str, token: Option<&str>, message: &str) {
    let mut headers = vec![
        ("Content-Type", "application/json"),
        ("Accept", "application/json, text/event-stream"),
        ("MCP-Protocol-Version", version),
    ];
    let authorization = token.map(|token| format!("Bearer {token}"));
    headers.extend(authorization.iter().map(|value| ("Authorization", value.as_str())));
    let parsed: Value = serde_json::from_str(message).unwrap_or_default();
    let method = parsed["method"].as_str().unwrap_or_default();
    let name = parsed["params"]["name"].as_str();
    if version == STATELESS {
        headers.push(("Mcp-Method", method));
        headers.extend(name.or(parsed["params"]["uri"].as_str()).map(|name| ("Mcp-Name", name)));
    }
    http.send("POST", "/mcp", &headers, Some(message)).await;
}

/// A request of the stateless version.
pub fn stateless(method: &str, mut params: Value) -> String {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": STATELESS,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "a test", "version": "1"},
    });
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string()
}

/// The call for an ask, with the tool that is for its action. The parameters stay as they are, whatever they are.
pub fn call(ask: &Ask) -> String {
    let mut more = Map::new();
    more.extend(ask.terms.as_object().expect("terms are an object").clone());
    more.extend(ask.once.map(|once| ("once".to_owned(), json!(once))));
    let action = catalogue().find(ask.action);
    let is_batch = action.is_some_and(|action| action.handler == Handler::Batch);
    let tool = match action {
        _ if is_batch => "run_batch",
        Some(action) if action.is_read() => "run_read",
        Some(action) if action.access.contains(Tag::Destructive) => "run_destructive",
        _ => "run_action",
    };
    let terms = more.iter().map(|(key, value)| format!(",\"{key}\":{value}")).collect::<String>();
    let arguments = if is_batch {
        ask.parameters.clone()
    } else {
        format!("{{\"action\":\"{}\",\"parameters\":{}{terms}}}", ask.action, ask.parameters)
    };
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"{tool}\",\"arguments\":{arguments}}}}}"
    )
}

/// A message of the server as the line that says the same.
pub fn as_line(message: &Value) -> Value {
    if let Some(error) = message.get("error") {
        let message = error["data"].get("error").unwrap_or(&error["message"]);
        return json!({"ok": false, "code": error["data"]["code"], "error": message});
    }
    let result = &message["result"];
    let structured = result["structuredContent"].clone();
    let text: Value = serde_json::from_str(result["content"][0]["text"].as_str().unwrap_or("null")).expect("JSON");
    assert_eq!(text, structured, "{message}");
    assert_eq!(result["isError"], structured["ok"] != true, "{message}");
    if structured["ok"] != true {
        assert!(structured["next"].as_str().is_some_and(|next| !next.is_empty()), "{message}");
    }
    structured
}

/// A response as the line that says the same.
pub fn of_response(response: &Response) -> Value {
    let body = response.json();
    if response.headers["content-type"] == "application/problem+json" {
        return json!({"ok": false, "code": body["code"], "error": body["detail"]});
    }
    assert_eq!(response.headers["content-type"], "application/json");
    as_line(&body)
}

/// What the agents' door cannot express, and how it refuses that: by name.
pub fn inexpressible(ask: &Ask) -> Option<(&'static str, &'static str)> {
    match ask.action {
        "user_list" => Some(("forbidden", "user_list is for people")),
        // The message as a whole is JSON, or it is not.
        "set_tempo" if ask.parameters.ends_with(" {}") => Some(("invalid_json", "")),
        _ => None,
    }
}

impl Caller for OverHttp {
    const CHANNEL: &'static str = "mcp";

    async fn open(studio: &Studio, token: Option<&str>) -> OverHttp {
        let http = Http::plain(studio).await;
        OverHttp { http, token: token.map(str::to_owned), events: None, resource: String::new(), followed: Value::Null }
    }

    async fn ask(&mut self, ask: &Ask) -> Value {
        post(&mut self.http, WITH_INITIALIZE, self.token.as_deref(), &call(ask)).await;
        of_response(&self.http.response().await.expect("a response"))
    }

    async fn ask_and_hang_up(mut self, ask: &Ask) {
        post(&mut self.http, WITH_INITIALIZE, self.token.as_deref(), &call(ask)).await;
    }

    fn inexpressible(ask: &Ask) -> Option<(&'static str, &'static str)> {
        inexpressible(ask)
    }

    async fn subscribe(&mut self, studio: &Studio, topic: Value) -> Result<(), Value> {
        let event = topic["event"].as_str().expect("an event");
        if event != "track_volume" {
            post(
                &mut self.http,
                STATELESS,
                self.token.as_deref(),
                &stateless("resources/read", json!({"uri": format!("live://{event}")})),
            )
            .await;
            return Err(of_response(&self.http.response().await.expect("a response")));
        }
        self.resource = format!("live://tracks/{}", topic["track_index"]);
        self.followed = json!([self.resource]);
        let mut http = Http::plain(studio).await;
        let listen = json!({"notifications": {"resourceSubscriptions": self.followed}});
        post(&mut http, STATELESS, self.token.as_deref(), &stateless("subscriptions/listen", listen)).await;
        let head = http.head().await.expect("a response");
        assert_eq!((head.status, head.headers["content-type"].as_str()), (200, "text/event-stream"));
        self.events = Some(http);
        Ok(())
    }

    async fn next_value(&mut self) -> Value {
        let events = self.events.as_mut().expect("a stream");
        loop {
            let chunk = String::from_utf8(events.chunk().await.expect("an event")).expect("text");
            let data = chunk.lines().filter_map(|line| line.strip_prefix("data: "));
            let mut updates = data.filter(|data| data.contains("notifications/resources/updated"));
            if updates.next().is_some() {
                break;
            }
        }
        let read = stateless("resources/read", json!({"uri": self.resource}));
        post(&mut self.http, STATELESS, self.token.as_deref(), &read).await;
        let message = self.http.response().await.expect("a response").json();
        let text = message["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{message}"));
        serde_json::from_str::<Value>(text).expect("JSON")["volume"].clone()
    }
}

/// A client on the pipe for agents, which needs no sign-in.
pub struct OnPipe {
    pub client: Client,
    id: u64,
    notifications: VecDeque<Value>,
}

impl OnPipe {
    pub async fn open(studio: &Studio) -> OnPipe {
        OnPipe::over(Client::connect_mcp(studio.dir.path()).await.expect("the pipe for agents")).await
    }

    /// Over a connection that needs no further sign-in.
    pub async fn over(client: Client) -> OnPipe {
        let mut pipe = OnPipe { client, id: 0, notifications: VecDeque::new() };
        let client_info = json!({"name": "a test", "version": "1"});
        let params = json!({"protocolVersion": WITH_INITIALIZE, "capabilities": {}, "clientInfo": client_info});
        let initialized = pipe.request("initialize", params).await;
        assert_eq!(initialized["result"]["protocolVersion"], WITH_INITIALIZE, "{initialized}");
        pipe.notify("notifications/initialized", json!({})).await;
        pipe
    }

    pub async fn send(&mut self, method: &str, params: Value) -> u64 {
        self.id += 1;
        let message = json!({"jsonrpc": "2.0", "id": self.id, "method": method, "params": params});
        self.client.send(&message).await.expect("the message is sent");
        self.id
    }

    pub async fn notify(&mut self, method: &str, params: Value) {
        self.client.send(&json!({"jsonrpc": "2.0", "method": method, "params": params})).await.expect("it is sent");
    }

    pub async fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params).await;
        loop {
            let message = Value::Object(within("a message", self.client.receive()).await.expect("a message"));
            if message["id"] == id {
                return message;
            }
            self.notifications.push_back(message);
        }
    }

    /// Call a tool; the answer as a line.
    pub async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        as_line(&self.request("tools/call", json!({"name": tool, "arguments": arguments})).await)
    }

    pub async fn notification(&mut self) -> Value {
        match self.notifications.pop_front() {
            Some(message) => message,
            None => Value::Object(within("a message", self.client.receive()).await.expect("a message")),
        }
    }

    /// The names of the tools with their annotations.
    pub async fn tools(&mut self) -> Map<String, Value> {
        let listed = self.request("tools/list", json!({})).await;
        let tools = listed["result"]["tools"].as_array().unwrap_or_else(|| panic!("{listed}"));
        tools.iter().map(|tool| (tool["name"].as_str().expect("a name").to_owned(), tool.clone())).collect()
    }
}
