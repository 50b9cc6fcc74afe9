//! What serves MCP's requests: the trait, and the plain values that cross it.

use std::pin::Pin;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

/// A boxed future, which keeps [`Host`] usable as a trait object.
pub type Future<T> = Pin<Box<dyn std::future::Future<Output = T> + Send>>;

/// One caller of the gateway, as MCP sees it.
pub trait Host: Send + Sync + 'static {
    /// What `initialize` and `server/discover` say beside the capabilities.
    fn instructions(&self) -> String;

    /// The tools that the caller could be allowed.
    fn tools(&self) -> Future<Result<Vec<Tool>, Failure>>;

    /// Call a tool. A refusal is an answer, too.
    fn call(&self, call: Call) -> Future<Answer>;

    /// The resources that the caller could be allowed; those with a template in their URI stand for many.
    fn resources(&self) -> Future<Result<Vec<Resource>, Failure>>;

    /// The content of a resource, by a URI without a template.
    fn read(&self, uri: String) -> Future<Result<Content, Failure>>;

    /// Follow resources until the updates are dropped.
    fn follow(&self, uris: Vec<String>) -> Future<Result<Updates, Failure>>;

    /// Whether a resource can be followed.
    fn can_follow(&self, uri: &str) -> bool;

    /// A message that is no request of MCP: refuse it as any request.
    fn unreadable(&self, bytes: Bytes, reason: String) -> Future<Failure>;

    /// A message is longer than `bytes_max`: refuse it as any request.
    fn too_long(&self, bytes_max: usize) -> Future<Failure>;
}

/// A tool, without any text that comes from Live or from callers.
#[derive(Clone, Debug)]
pub struct Tool {
    /// What a call names.
    pub name: String,
    /// What the tool does and when to use it, for the model.
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
    /// From which its annotations follow.
    pub effect: Effect,
}

/// What a tool may do: its annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// `readOnlyHint`.
    Reads,
    /// Neither idempotent nor destructive.
    Changes,
    /// `idempotentHint`: it sets a value.
    Sets,
    /// `destructiveHint`.
    Destroys,
}

/// The call of a tool.
pub struct Call {
    /// The tool's name.
    pub tool: String,
    /// What the tool receives.
    pub arguments: Arguments,
    /// Completes when the client cancels the call. Only what has not begun is cancelled.
    pub withdrawal: Withdrawal,
    /// Absent if the client has asked for no progress.
    pub progress: Option<Progress>,
}

/// The client's own bytes: one JSON object.
#[derive(Clone, Debug)]
pub struct Arguments(pub Bytes);

/// Completes when the client cancels a request; never, if disconnecting cancels nothing.
pub type Withdrawal = Future<()>;

/// Sends the client a progress notification: a growing number, and a sentence.
pub type Progress = Box<dyn Fn(u64, String) -> Future<()> + Send + Sync>;

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    /// The structured content; its text is also the unstructured content.
    pub value: Value,
    /// Whether the call failed or was refused.
    pub is_error: bool,
}

/// The refusal of a request other than a tool call.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The gateway's code, such as `forbidden`.
    pub code: &'static str,
    /// A sentence for people and models.
    pub message: String,
    /// Further members of the error's `data`, an object.
    pub data: Value,
}

/// A resource in a list.
#[derive(Clone, Debug)]
pub struct Resource {
    /// A URI, or a template with `{…}`.
    pub uri: String,
    /// What clients show.
    pub name: String,
    /// What it contains, for the model.
    pub description: String,
    /// RFC 6838, such as `application/json`.
    pub mime_type: &'static str,
}

/// The content of a resource.
#[derive(Debug)]
pub struct Content {
    /// UTF-8 of the media type.
    pub text: String,
    /// As in the list.
    pub mime_type: &'static str,
}

/// URIs of followed resources, as they change. It ends when the caller may follow no more.
pub type Updates = mpsc::Receiver<String>;
