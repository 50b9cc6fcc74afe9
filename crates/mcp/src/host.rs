//! What serves MCP's requests: the trait, and the plain values that cross it.

use std::pin::Pin;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

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
    pub name: String,
    pub description: String,
    /// JSON Schema of its arguments.
    pub schema: Value,
    pub effect: Effect,
}

/// What a tool may do: its annotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Reads,
    Changes,
    /// Sets a value: twice is once.
    Sets,
    Destroys,
}

/// The call of a tool.
pub struct Call {
    pub tool: String,
    pub arguments: Arguments,
    /// Completes when the client takes the call back. Only what has not begun is cancelled.
    pub withdrawal: Withdrawal,
    pub progress: Option<Progress>,
}

/// The client's own bytes: one JSON object.
#[derive(Clone, Debug)]
pub struct Arguments(pub Bytes);

/// Completes when a request is taken back, and never if hanging up means nothing.
pub type Withdrawal = Future<()>;

/// Takes a sentence about a call that goes on.
pub type Progress = Box<dyn Fn(u64, String) -> Future<()> + Send + Sync>;

/// The answer to a call.
#[derive(Debug)]
pub struct Answer {
    pub value: Value,
    pub is_error: bool,
}

/// A refusal of what is no call of a tool.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The gateway's code, such as `forbidden`.
    pub code: &'static str,
    pub message: String,
    /// What `data` holds beside the code.
    pub data: Value,
}

#[derive(Clone, Debug)]
pub struct Resource {
    /// A URI, or a template with `{…}`.
    pub uri: String,
    pub name: String,
    pub description: String,
    pub mime_type: &'static str,
}

/// The content of a resource.
#[derive(Debug)]
pub struct Content {
    pub text: String,
    pub mime_type: &'static str,
}

/// URIs of followed resources, as they change. It ends when the caller may follow no more.
pub type Updates = mpsc::Receiver<String>;
