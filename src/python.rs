//! The Python module `livegate`: the one client, for scripts. It speaks to a gateway as `send` does, and never runs inside Live.

mod action;
mod connection;
mod events;
mod failure;
mod values;
mod wire;

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use secrecy::SecretString;

use crate::client::destination::{Destination, Tls};
use crate::tls::{Identity, Trust};
use crate::{config, platform};
use connection::Connection;

#[pymodule]
#[pyo3(name = "livegate")]
mod module {
    #[pymodule_export]
    use super::action::Action;
    #[pymodule_export]
    use super::connect;
    #[pymodule_export]
    use super::connection::Connection;
    #[pymodule_export]
    use super::events::Events;
    #[pymodule_export]
    use super::failure::{ConnectionLost, GatewayWarning, Refused};

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "so it is called in Python")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// Connect to a gateway, and sign in if there is a token.
///
/// address      HOST:PORT; without ca or pin it must be this machine's. It is 127.0.0.1:9005 if none is given, to which
///              nothing secret is told unless it is named.
/// token        the token itself; better from a file, or from LIVEGATE_TOKEN, which is read if neither is given.
/// token_file   a file with the token, which nobody else may read.
/// ca           the gateway's CA certificate, a PEM file; speaks TLS.
/// pin          the SHA-256 of the CA's public key in hex, instead of ca; speaks TLS.
/// server_name  the name that the certificate must have, if it is not the host in address.
/// client_cert, client_key  PEM files, as livegate cert issue-client makes them.
/// state_dir    the folder in which is remembered what each gateway's trail was.
/// timeout      how long an answer is waited for, in seconds, at most 90, which it is without it.
///
/// Raises ConnectionLost if there is no gateway or another one than the one that is meant, Refused if it does not
/// take the token, ValueError if the arguments do not fit each other.
#[pyfunction]
#[pyo3(signature = (
    address = None, *, token = None, token_file = None, ca = None, pin = None, server_name = None, client_cert = None,
    client_key = None, state_dir = None, timeout = None
))]
#[expect(clippy::too_many_arguments, reason = "all but the first are named in Python")]
fn connect(
    py: Python<'_>,
    address: Option<String>,
    token: Option<String>,
    token_file: Option<PathBuf>,
    ca: Option<PathBuf>,
    pin: Option<String>,
    server_name: Option<String>,
    client_cert: Option<PathBuf>,
    client_key: Option<PathBuf>,
    state_dir: Option<PathBuf>,
    timeout: Option<f64>,
) -> PyResult<Connection> {
    let identity = match (client_cert, client_key) {
        (Some(certificate), Some(key)) => Some(Identity { certificate, key }),
        (None, None) => None,
        _ => return Err(PyValueError::new_err("client_cert and client_key belong together")),
    };
    let trust = match (ca, pin) {
        (Some(_), Some(_)) => return Err(PyValueError::new_err("give ca or pin, not both")),
        (Some(ca), None) => Some(Trust::Authority(ca)),
        (None, Some(pin)) => Some(Trust::by_pin(pin.trim()).map_err(unfit)?),
        (None, None) => None,
    };
    if trust.is_none() && (server_name.is_some() || identity.is_some()) {
        return Err(PyValueError::new_err("server_name and client_cert are for TLS, which takes ca or pin"));
    }
    let tls = trust.map(|trust| Tls { trust, server_name, identity });
    let destination = Destination { address, tls };
    let token = read_token(&destination, token.map(SecretString::from), token_file)?;
    let state_dir = state_dir.map_or_else(platform::state_dir, Ok).map_err(unfit)?;
    Connection::open(py, destination, token, state_dir, patience(timeout)?)
}

fn read_token(
    destination: &Destination,
    token: Option<SecretString>,
    file: Option<PathBuf>,
) -> PyResult<Option<SecretString>> {
    match (token, file) {
        (Some(_), Some(_)) => Err(PyValueError::new_err("give token or token_file, not both")),
        (None, None) => {
            let token = config::token_from_environment();
            if token.is_some() {
                expect_meant(destination, "LIVEGATE_TOKEN", ", or unset it, because nobody signs in there")?;
            }
            Ok(token)
        }
        (token, file) => {
            expect_meant(destination, "the token", ", or leave it out, because nobody signs in there")?;
            file.map_or(Ok(token), |path| platform::read_secret(&path).map(Some).map_err(unfit))
        }
    }
}

fn expect_meant(destination: &Destination, what: &str, or_else: &str) -> PyResult<()> {
    let way_out = format!("connect with address, and pin or ca for TLS{or_else}");
    destination.expect_meant(what, &way_out).map_err(unfit)
}

/// How long an answer is waited for; the client itself waits no longer than the longest of it.
fn patience(seconds: Option<f64>) -> PyResult<Duration> {
    let longest = crate::client::ANSWER_WAIT;
    let Some(seconds) = seconds else { return Ok(longest) };
    let fits = Duration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_zero() && *wait <= longest);
    fits.ok_or_else(|| {
        PyValueError::new_err(format!("timeout is in seconds, more than 0 and at most {}", longest.as_secs()))
    })
}

fn unfit(error: anyhow::Error) -> PyErr {
    PyValueError::new_err(format!("{error:#}"))
}
