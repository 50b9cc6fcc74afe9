//! Which rows of the trail are asked for: the same filters for every command that looks into it.

use anyhow::{Result, anyhow};
use clap::Args;
use serde_json::{Map, Value};

use crate::platform::clock;
use crate::review::Filter;

#[derive(Args)]
pub struct Which {
    /// By this caller
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// By callers of this role at that moment
    #[arg(long)]
    role: Option<String>,
    /// Of this action; * and ? stand for any
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// Of actions with this tag, such as mix or destructive
    #[arg(long)]
    tag: Option<String>,
    /// On a track of this name, whatever the case, or with this index
    #[arg(long, value_name = "NAME|INDEX")]
    track: Option<String>,
    /// Decided so: allow or refuse
    #[arg(long)]
    verdict: Option<String>,
    /// Come to this: ok, error, refused_in_live, expired, not_sent, cancelled, unknown, interrupted, running
    #[arg(long)]
    outcome: Option<String>,
    /// Refused or failed with this code
    #[arg(long)]
    code: Option<String>,
    /// From this address, with or without the port
    #[arg(long)]
    address: Option<String>,
    /// Of this kind: decision, or an event's, such as session
    #[arg(long)]
    kind: Option<String>,
    /// With all these words; one that ends in * stands for all that begin so
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Not before: so long ago, as 2h or 7d, or a day or moment in UTC, as 2026-01-31 or 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Not after
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

impl Which {
    pub fn filter(&self) -> Result<Filter> {
        Filter::read(&self.params(), clock::unix_micros()).map_err(|reason| anyhow!(reason))
    }

    /// As the parameters of an action have them.
    fn params(&self) -> Map<String, Value> {
        let given = [
            ("caller", &self.caller),
            ("role", &self.role),
            ("action_name", &self.action),
            ("tag", &self.tag),
            ("track", &self.track),
            ("verdict", &self.verdict),
            ("outcome", &self.outcome),
            ("code", &self.code),
            ("address", &self.address),
            ("kind", &self.kind),
            ("text", &self.text),
            ("since", &self.since),
            ("until", &self.until),
        ];
        let params = given.into_iter().filter_map(|(key, text)| Some((key.to_owned(), text.clone()?.into())));
        params.collect()
    }
}
