//! The purpose of each certificate in the server's chain, which decides who renews it.

use std::path::Path;

use super::Files;
use super::authority::Authority;
use super::certificates::Certificate;
use super::error::Result;
use crate::config;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The server's, issued by this installation's CA; the gateway renews it.
    Renewed,
    /// The server's, issued by this installation's CA, whose key is offline.
    Unrenewed,
    /// The server's, issued by another CA.
    OwnersLeaf,
    /// This installation's CA.
    Authority,
    /// The current CA's key, signed by the former CA for clients that know only that one. It expires by itself.
    Following,
    /// The former CA.
    Former,
    /// Another CA.
    OwnersAuthority,
}

/// The certificates of the server's chain, the leaf first, each with its purpose.
pub fn purposes(state_dir: &Path, config: &config::Tls) -> Result<Vec<(Certificate, Purpose)>> {
    let files = Files::in_dir(&state_dir.join("tls"));
    let certificate = state_dir.join(&config.certificate);
    let key = state_dir.join(&config.key);
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
    // The cross-signed certificate has the current CA's key and another issuer.
    let is_cross_signed = |shown: &Certificate| shown.key == ours.key && shown.issuer != shown.subject;
    let cross_signed = chain.iter().find(|shown| is_cross_signed(shown)).cloned();
    let purpose = |shown: &Certificate| match shown {
        shown if is_cross_signed(shown) => Purpose::Following,
        shown if shown.key == ours.key => Purpose::Authority,
        shown if cross_signed.as_ref().is_some_and(|cross_signed| shown.claims_to_have_issued(cross_signed)) => {
            Purpose::Former
        }
        shown if shown.is_authority => Purpose::OwnersAuthority,
        _ => leaf,
    };
    Ok(chain.into_iter().map(|shown| (shown.clone(), purpose(&shown))).collect())
}

fn of_the_owners(shown: &Certificate) -> Purpose {
    if shown.is_authority { Purpose::OwnersAuthority } else { Purpose::OwnersLeaf }
}
