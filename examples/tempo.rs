//! Sets the tempo with the crate's own client: `cargo run --example tempo -- 128 127.0.0.1:9005`

use anyhow::{Context, Result, ensure};
use livegate::client::Client;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let bpm = arguments.next().context("usage: tempo BPM [HOST:PORT]")?.parse().context("BPM must be a number")?;
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:9005".into());
    println!("{}", set_tempo(&address, bpm).await?);
    Ok(())
}

/// Set the tempo, and return the tempo that Live reports.
pub async fn set_tempo(address: &str, bpm: f64) -> Result<f64> {
    let mut client = Client::connect_plain(address).await?;
    let answer = client.ask(json!({"action": "set_tempo", "bpm": bpm})).await?;
    ensure!(answer["ok"] == true, "{}", answer["error"]);
    answer["bpm"].as_f64().context("the answer has no bpm")
}
