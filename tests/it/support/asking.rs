//! Sends a request and reports it if the answer is not the expected one.

use livegate::client::Client;
use serde_json::Value;

pub async fn ask(client: &mut Client, request: Value) -> Value {
    Value::Object(client.ask(request).await.expect("an answer"))
}

/// The answer to a request that must succeed.
pub async fn done(client: &mut Client, request: Value) -> Value {
    let answer = ask(client, request.clone()).await;
    assert_eq!(answer["ok"], true, "{request}: {answer}");
    answer
}
