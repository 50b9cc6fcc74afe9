//! The native part of the Python package `livegate` (python/livegate): the client for scripts. It connects to a gateway as `send` does, and never runs inside Live.

mod action;
mod blocking_client;
mod connection;
mod events;
mod failure;
mod session;
mod trail;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use secrecy::SecretString;

use crate::client::destination::{Destination, Tls};
use crate::client::secret_file;
use crate::tls::{Identity, Trust};
use crate::{config, platform};
use connection::Connection;
use session::Session;

#[pymodule]
#[pyo3(name = "_livegate")]
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
    use super::trail::verify_trail;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// Connect to a gateway, and sign in if there is a token.
///
/// address      HOST:PORT; without ca or pin it must be a loopback address. The default is 127.0.0.1:9005; no secret is
///              sent to the default, because any program may listen there.
/// token        the token itself. Prefer token_file, or LIVEGATE_TOKEN, which is read if neither is given.
/// token_file   a file with the token, readable by its owner only.
/// ca           the gateway's CA certificate, a PEM file; uses TLS.
/// pin          the SHA-256 of the CA's public key in hex, instead of ca; uses TLS.
/// server_name  the name in the gateway's certificate, if it is not the host in address.
/// client_cert, client_key  PEM files, as livegate cert issue-client writes them.
/// state_dir    the folder that remembers the latest checkpoint of each gateway's trail.
/// timeout      the longest wait for an answer, in seconds; at most 90, the default.
///
/// Raises ConnectionLost if no gateway answers or its certificate does not match, Refused if it refuses the token,
/// ValueError if arguments contradict each other.
#[pyfunction]
#[pyo3(signature = (
    address = None, *, token = None, token_file = None, ca = None, pin = None, server_name = None, client_cert = None,
    client_key = None, state_dir = None, timeout = None
))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments in Python")]
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
        _ => return Err(PyValueError::new_err("client_cert and client_key must be given together")),
    };
    let trust = match (ca, pin) {
        (Some(_), Some(_)) => return Err(PyValueError::new_err("give ca or pin, not both")),
        (Some(ca), None) => Some(Trust::Authority(ca)),
        (None, Some(pin)) => Some(Trust::by_pin(pin.trim()).map_err(invalid)?),
        (None, None) => None,
    };
    if trust.is_none() && (server_name.is_some() || identity.is_some()) {
        return Err(PyValueError::new_err("server_name and client_cert need TLS: give ca or pin"));
    }
    let tls = trust.map(|trust| Tls { trust, server_name, identity });
    let state_dir = state_dir.map_or_else(platform::state_dir, Ok).map_err(invalid)?;
    let destination = Destination { address, state_dir: Some(state_dir.clone()), tls };
    let token = read_token(&destination, token.map(SecretString::from), token_file)?;
    Session::open(py, destination, token, state_dir, answer_wait(timeout)?).map(Connection::over)
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
                expect_named(destination, "LIVEGATE_TOKEN", ", or unset it")?;
            }
            Ok(token)
        }
        (token, file) => {
            expect_named(destination, "the token", ", or leave it out")?;
            file.map_or(Ok(token), |path| secret_file::read(&path).map(Some).map_err(invalid))
        }
    }
}

fn expect_named(destination: &Destination, what: &str, or_else: &str) -> PyResult<()> {
    let way_out = format!("name the gateway with address, and pin or ca for TLS{or_else}");
    destination.expect_named(what, &way_out).map_err(invalid)
}

/// The longest wait for an answer; at most the client's own.
fn answer_wait(seconds: Option<f64>) -> PyResult<Duration> {
    let longest = crate::client::ANSWER_WAIT;
    let Some(seconds) = seconds else { return Ok(longest) };
    let fits = Duration::try_from_secs_f64(seconds).ok().filter(|wait| !wait.is_zero() && *wait <= longest);
    fits.ok_or_else(|| {
        PyValueError::new_err(format!("timeout must be more than 0 and at most {} s, got {seconds}", longest.as_secs()))
    })
}

fn invalid(error: impl Into<anyhow::Error>) -> PyErr {
    PyValueError::new_err(format!("{:#}", error.into()))
}
