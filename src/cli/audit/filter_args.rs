//! The filter options that the commands reading the trail share.

use anyhow::{Result, anyhow};
use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::platform::clock;
use crate::review::Filter;

#[derive(Args)]
pub struct FilterArgs {
    /// Requests of this caller; "in Live" for changes made in Live itself
    #[arg(long, value_name = "NAME")]
    caller: Option<String>,
    /// Requests of callers who had this role
    #[arg(long)]
    role: Option<String>,
    /// Requests of this action, and changes made in Live itself with the same effect; * and ? are wildcards
    #[arg(long, value_name = "NAME")]
    action: Option<String>,
    /// Requests of actions with this tag, such as mix or destructive
    #[arg(long)]
    tag: Option<String>,
    /// Requests on the track with this name or index, including refused ones; * and ? are wildcards, case is ignored
    #[arg(long, value_name = "NAME|INDEX")]
    track: Option<String>,
    /// Requests with this decision: allow, or refuse (by the gateway or in Live)
    #[arg(long)]
    verdict: Option<String>,
    /// Requests with this outcome: ok, error, refused_in_live, expired, not_sent, cancelled, unknown, interrupted, running
    #[arg(long)]
    outcome: Option<String>,
    /// Requests refused or failed with this code
    #[arg(long)]
    code: Option<String>,
    /// Requests from this address, with or without the port
    #[arg(long)]
    address: Option<String>,
    /// Rows of this kind: decision, or an event kind such as session
    #[arg(long)]
    kind: Option<String>,
    /// Rows with all these words; a word that ends in * matches its beginning
    #[arg(long, value_name = "WORDS")]
    text: Option<String>,
    /// Rows not before: an age such as 2h or 7d; a day such as today, yesterday, monday (the last one) or 2026-01-31; a time of day such as
    /// 22:00 (the last one); both, such as "yesterday 22:00"; or a timestamp such as 2026-01-31T18:30:00Z
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Rows not after, in the same forms
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Read and show times in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

impl FilterArgs {
    pub fn read(&self) -> Result<Filter> {
        Filter::read_in(&self.params(), clock::unix_micros(), &self.zone()).map_err(|reason| anyhow!(reason))
    }

    pub fn zone(&self) -> TimeZone {
        if self.utc { TimeZone::UTC } else { TimeZone::system() }
    }

    /// Whether it names kinds of rows, so that none of these is routine.
    pub fn names_kinds(&self) -> bool {
        [&self.action, &self.tag, &self.outcome, &self.code, &self.kind].into_iter().any(Option::is_some)
    }

    /// As parameters of the review actions.
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
