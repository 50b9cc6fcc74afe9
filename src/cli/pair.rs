//! `livegate pair`: gives a device its token by a QR code or eight digits. The owner offers; the device accepts.

mod device;
mod offer;
mod osc;
mod qr;

use std::path::PathBuf;

use anyhow::Result;
use clap::{ArgGroup, Args};

use super::token::read_ttl;
use super::{Outcome, State};
use device::DeviceFiles;

/// Pair a device with the gateway
///
/// On the gateway's machine it shows a QR code and eight digits. On the device it accepts either of them.
///
/// An offer is valid for five minutes, for one device, and while this command runs; Ctrl-C withdraws it. The device becomes a user
/// of its own, which `livegate user disable` disables.
///
/// Examples: livegate pair --role performer --name tablet --ttl 12h
///           livegate pair --osc --role mixer --name ipad
///           livegate pair --link 'livegate://192.168.1.20:9443?pin=…&secret=…'
///           livegate pair --to 192.168.1.20:9443 --code
#[derive(Args)]
#[command(verbatim_doc_comment)]
#[command(group = ArgGroup::new("end").required(true).multiple(true).args(["role", "user", "link", "to"]))]
pub struct Pair {
    /// Offer: the device's role, one of roles.toml
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    role: Option<String>,
    /// An existing user for the device, instead of a new one
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    user: Option<String>,
    /// The device's name [default: generated, such as device-3f2a]
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    name: Option<String>,
    /// Lifetime of its token: a number with s, m, h or d, from 1s to 90d, for OSC to 12h [default: 30d, for OSC 12h]
    #[arg(long, value_parser = read_ttl, help_heading = "Offer, on the gateway's machine")]
    ttl: Option<u64>,
    /// Admit a sender of OSC, which is known by its address: show digits, and ask whether the address that sent them is right
    #[arg(long, conflicts_with_all = ["link", "to", "host", "cert", "png"], help_heading = "Offer, on the gateway's machine")]
    osc: bool,
    /// This machine's name or address for the device [default: its address on the LAN]
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    host: Option<String>,
    /// Issue a client certificate too
    #[arg(long, help_heading = "Offer, on the gateway's machine")]
    cert: bool,
    /// Also write the QR code to a PNG file
    #[arg(long, value_name = "FILE", help_heading = "Offer, on the gateway's machine")]
    png: Option<PathBuf>,
    #[command(flatten)]
    state: State,
    /// Accept: the link in the QR code, or - to read it from standard input
    #[arg(long, conflicts_with_all = ["role", "user", "to"], help_heading = "Accept, on the device")]
    link: Option<String>,
    /// Accept: the gateway's address
    #[arg(long, value_name = "HOST:PORT", requires = "code", conflicts_with_all = ["role", "user"], help_heading = "Accept, on the device")]
    to: Option<String>,
    /// Read the eight digits from the terminal or standard input
    #[arg(long, requires = "to", help_heading = "Accept, on the device")]
    code: bool,
    /// The folder for the token [default: gateways, in the state folder]
    #[arg(long, value_name = "DIR", help_heading = "Accept, on the device")]
    out: Option<PathBuf>,
    /// A name for the gateway on this device [default: from its address]
    #[arg(long, value_name = "NAME", help_heading = "Accept, on the device", conflicts_with_all = ["role", "user"])]
    known_as: Option<String>,
    /// Print one line of JSON for each step
    #[arg(long)]
    json: bool,
}

impl Pair {
    pub async fn run(self: Box<Self>) -> Result<Outcome> {
        match (&self.link, &self.to) {
            (Some(link), _) => device::by_link(link, &self.files()?).await,
            (None, Some(to)) => device::by_code(to, &self.files()?).await,
            (None, None) if self.osc => osc::run(*self).await,
            (None, None) => offer::run(*self).await,
        }
    }

    fn files(&self) -> Result<DeviceFiles> {
        let client_dir = self.state.folder.dir()?;
        let out = match &self.out {
            Some(out) => std::path::absolute(out)?,
            None => client_dir.join("gateways"),
        };
        Ok(DeviceFiles {
            out,
            client_dir,
            known_as: self.known_as.clone(),
            place: self.state.folder.option(),
            json: self.json,
        })
    }
}
