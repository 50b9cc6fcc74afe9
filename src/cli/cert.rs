//! `livegate cert`: what clients know this gateway by.

use anyhow::Result;
use clap::Subcommand;
use serde_json::{Map, Value, json};

use super::{Outcome, State, console, print_json};

/// Show, renew and replace what clients know this gateway by.
#[derive(Subcommand)]
pub enum Cert {
    /// Show the certificates and the CA's pin. Example: livegate cert show
    Show {
        #[command(flatten)]
        state: State,
        /// One line of JSON
        #[arg(long)]
        json: bool,
    },
    /// Issue the certificate anew, now; it also happens by itself. Example: livegate cert renew
    Renew {
        #[command(flatten)]
        state: State,
    },
    /// Replace the CA; clients that know the old one follow for 30 days. Example: livegate cert rotate-ca
    RotateCa {
        /// Although the CA before was replaced less than 30 days ago: clients that still know that one are left behind
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        state: State,
    },
}

impl Cert {
    pub async fn run(self) -> Result<Outcome> {
        match self {
            Cert::Show { state, json } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_show"})).await?;
                if json { print_json(&answer) } else { print_certificates(&answer) }
            }
            Cert::Renew { state } => {
                let answer = console::ask(&state.dir()?, json!({"action": "certificate_renew"})).await?;
                println!("renewed: good until {}, for {}", console::text(&answer, "until")?, list(&answer["names"]));
            }
            Cert::RotateCa { force, state } => {
                let answer = console::ask(&state.dir()?, json!({"action": "ca_rotate", "force": force})).await?;
                print_certificates(&answer);
                println!("\nGive the new pin, or tls/ca.pem, to your clients before the old pin ends.");
            }
        }
        Ok(Outcome::Done)
    }
}

fn print_certificates(answer: &Map<String, Value>) {
    let leaf = &answer["certificates"][0];
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    println!("certificate  good until {}, for {}", text(&leaf["not_after"]), list(&leaf["names"]));
    match answer.get("renewal") {
        Some(renewal) => println!("renewal      by the gateway, from {}", text(renewal)),
        None => println!("renewal      yours: put another in its place, and the gateway takes it up"),
    }
    if let Some(pin) = answer.get("pin") {
        println!("pin          {}", text(pin));
    }
    if let Some(before) = answer.get("before") {
        println!("old pin      {} until {}", text(&before["pin"]), text(&before["until"]));
    }
}

fn list(names: &Value) -> String {
    let names: Vec<&str> = names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.join(", ")
}
