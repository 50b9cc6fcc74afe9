//! What each certificate is for that is shown to clients, and so who renews it.

use std::path::Path;

use anyhow::Result;

use super::Files;
use super::authority::Authority;
use super::certificates::Certificate;
use crate::config;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The server's, of this installation's CA, which the gateway renews.
    Renewed,
    /// The server's, of this installation's CA, whose key is kept elsewhere.
    Unrenewed,
    /// The server's, of somebody else's making.
    OwnersLeaf,
    /// This installation's CA.
    Authority,
    /// What the CA before says of this one, for whoever knows only that. It ends by itself.
    Following,
    /// The CA before.
    Former,
    /// A CA of somebody else's making.
    OwnersAuthority,
}

/// The certificates that are shown, the server's first, each with what it is for.
pub fn purposes(state_dir: &Path, config: &config::Tls) -> Result<Vec<(Certificate, Purpose)>> {
    let files = Files::in_dir(&state_dir.join("tls"));
    let (certificate, key) = (state_dir.join(&config.certificate), state_dir.join(&config.key));
    let chain = super::certificates(&certificate)?;
    let is_in_our_place = certificate == files.certificate && key == files.key;
    let ours = super::certificates(&files.ca).ok().map(|mut ca| ca.swap_remove(0));
    let Some(ours) = ours.filter(|ca| is_in_our_place && ca.claims_to_have_issued(&chain[0])) else {
        return Ok(chain.into_iter().map(|shown| (shown.clone(), of_the_owners(&shown))).collect());
    };
    let leaf = match Authority::open(&state_dir.join("tls"))? {
        Some(_) => Purpose::Renewed,
        None => Purpose::Unrenewed,
    };
    // What the CA before says of this one has this one's key and another issuer.
    let is_vouched = |shown: &Certificate| shown.key == ours.key && shown.issuer != shown.subject;
    let vouched = chain.iter().find(|shown| is_vouched(shown)).cloned();
    let purpose = |shown: &Certificate| match shown {
        shown if is_vouched(shown) => Purpose::Following,
        shown if shown.key == ours.key => Purpose::Authority,
        shown if vouched.as_ref().is_some_and(|vouched| shown.claims_to_have_issued(vouched)) => Purpose::Former,
        shown if shown.is_authority => Purpose::OwnersAuthority,
        _ => leaf,
    };
    Ok(chain.into_iter().map(|shown| (shown.clone(), purpose(&shown))).collect())
}

fn of_the_owners(shown: &Certificate) -> Purpose {
    if shown.is_authority { Purpose::OwnersAuthority } else { Purpose::OwnersLeaf }
}
