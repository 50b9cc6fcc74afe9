//! `livegate pair`: a device gets its token by a QR code or by eight digits. One command for both ends: the owner offers, the device takes.

mod device;
mod offer;
mod qr;

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args};

use super::token::read_ttl;
use super::{Outcome, State};

/// Let a device in: show a QR code and a code to type (here), or take what is shown there (on the device).
///
/// An offer stands for five minutes while this command runs, and is good for one device; Ctrl-C takes it back. The device is a user of its own,
/// whom `livegate user disable` throws out again.
///
/// Examples: livegate pair --role performer --name tablet --ttl 12h
///           livegate pair --link 'livegate://192.168.1.20:9443?pin=…&secret=…'
///           livegate pair --to 192.168.1.20:9443 --code
#[derive(Args)]
#[command(verbatim_doc_comment)]
#[command(group = ArgGroup::new("end").required(true).multiple(true).args(["role", "user", "link", "to"]))]
pub struct Pair {
    /// Offer: the role of the device, one of those in roles.toml
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    role: Option<String>,
    /// A user whose device it is, instead of a user of its own
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    user: Option<String>,
    /// What the device is called [default: made up, such as device-3f2a]
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    name: Option<String>,
    /// How long its token is good: a number with s, m, h or d; at most 90 days
    #[arg(long, default_value = "30d", value_parser = read_ttl, help_heading = "Offer, on the gateway's machine")]
    ttl: u64,
    /// The name or address of this machine that the device is to use [default: its address on the LAN]
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    host: Option<String>,
    /// Give the device a client certificate too
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    cert: bool,
    /// Write the QR code to a PNG file too
    #[arg(long, value_name = "FILE", help_heading = "Offer, on the gateway's machine")]
    png: Option<PathBuf>,
    #[command(flatten)]
    state: State,
    /// Take: the link that the QR code holds, or - to read it from standard input
    #[arg(long, conflicts_with_all = ["role", "user", "to"], help_heading = "Take, on the device")]
    link: Option<String>,
    /// Take: the gateway's address
    #[arg(long, value_name = "HOST:PORT", requires = "code", conflicts_with_all = ["role", "user"], help_heading = "Take, on the device")]
    to: Option<String>,
    /// Read the eight digits from the terminal or standard input
    #[arg(long, requires = "to", help_heading = "Take, on the device")]
    code: bool,
    /// The folder for token and pin
    #[arg(long, value_name = "DIR", default_value = ".", help_heading = "Take, on the device")]
    out: PathBuf,
    /// A line of JSON for each step
    #[arg(long)]
    json: bool,
}

impl Pair {
    pub async fn run(self: Box<Self>) -> Result<Outcome> {
        match (&self.link, &self.to) {
            (Some(link), _) => device::by_link(link, &self.out, self.json).await,
            (None, Some(to)) => device::by_code(to, &self.out, self.json).await,
            (None, None) => offer::run(*self).await,
        }
    }
}
