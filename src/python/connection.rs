//! `livegate.Connection`: a signed-in connection, whose attributes are the actions of the catalogue.

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::action::Action;
use super::events::Events;
use super::failure::{Lost, accept, warn};
use super::wire::Wire;
use super::{expect_meant, patience, values};
use crate::client::Client;
use crate::client::destination::Destination;
use crate::client::known_trails::{Held, KnownTrails};
use crate::command::{self, catalogue};

/// A connection to a gateway. Every action of docs/actions.md is a method of it, with its parameters by name:
/// live.set_tempo(bpm=128). An answer is a dict; Refused is raised for a no, ConnectionLost if there is no answer.
///
/// Threads may share it; they take turns. A forked process needs its own. Whatever is given up, by its timeout or by
/// Ctrl-C, closes the connection, and may have been done; deadline_ms says until when Live may begin with it.
#[pyclass(frozen, module = "livegate")]
pub struct Connection {
    pub(super) wire: Wire,
    destination: Destination,
    /// Where is remembered what the gateway's trail was.
    state_dir: PathBuf,
    patience: Duration,
}

/// An answer, and what there is to say of the trail.
type Answer = (Map<String, Value>, Option<String>);

impl Connection {
    pub fn open(
        py: Python<'_>,
        destination: Destination,
        token: Option<SecretString>,
        state_dir: PathBuf,
        patience: Duration,
    ) -> PyResult<Connection> {
        let connection = Connection { wire: Wire::new()?, destination, state_dir, patience };
        connection.connect(py)?;
        if let Some(token) = token {
            let sign_in = json!({"action": "authenticate", "token": token.expose_secret()});
            let Value::Object(sign_in) = sign_in else { unreachable!("it is written as an object") };
            connection.ask(py, sign_in, patience)?;
        }
        Ok(connection)
    }

    fn connect(&self, py: Python<'_>) -> PyResult<()> {
        let connecting = self.wire.wait(py, async |seat| {
            let late = |_| Lost::before(format!("cannot connect within {:?}", self.patience));
            let client = timeout(self.patience, self.destination.connect()).await.map_err(late)?;
            let client = client.map_err(|error| Lost::before(format!("{error:#}")))?;
            let successor = client.successor();
            seat.put(client).await;
            Ok(successor)
        })?;
        match connecting.map_err(|lost: Lost| lost.raise(py))? {
            Some(successor) => {
                warn(py, &format!("the gateway has a new CA: from now on use pin={}", hex::encode(successor.pin)))
            }
            None => Ok(()),
        }
    }

    fn ask(&self, py: Python<'_>, request: Map<String, Value>, patience: Duration) -> PyResult<Py<PyAny>> {
        let may_change = may_change(&request);
        let asking = async |client: &mut Client| self.ask_and_hold(client, request).await;
        let asked = self.wire.wait(py, async |seat| seat.turn(patience, asking).await)?;
        let unsure = |lost: Lost| Lost { outcome_unknown: lost.outcome_unknown && may_change, ..lost };
        let (answer, trail) = asked.map_err(|lost| unsure(lost).raise(py))?;
        trail.map_or(Ok(()), |trail| warn(py, &trail))?;
        accept(py, answer)
    }

    /// One request and its answer. What an answer says of the trail is held to what is remembered of it.
    async fn ask_and_hold(&self, client: &mut Client, request: Map<String, Value>) -> anyhow::Result<Answer> {
        let known = shows_trail(&request).then(|| KnownTrails::read(&self.state_dir));
        let answer = client.ask(Value::Object(request)).await?;
        let trail = match known {
            Some(known) if answer.get("ok") == Some(&Value::Bool(true)) => self.hold(known, &answer, client).await,
            _ => None,
        };
        Ok((answer, trail))
    }

    async fn hold(
        &self,
        known: anyhow::Result<KnownTrails>,
        answer: &Map<String, Value>,
        client: &mut Client,
    ) -> Option<String> {
        let held = match known {
            Ok(mut known) => known.hold(self.destination.address(), answer, client).await,
            Err(error) => Err(error),
        };
        match held {
            Ok(Held::Fits) => None,
            Ok(Held::Broken(how)) => Some(how),
            Err(error) => Some(format!("what the gateway's trail was cannot be remembered: {error:#}")),
        }
    }
}

/// Whether a yes to this says what the gateway's trail is.
fn shows_trail(request: &Map<String, Value>) -> bool {
    matches!(request["action"].as_str(), Some("authenticate" | "whoami"))
}

/// Whether it can matter if this was done or not.
fn may_change(request: &Map<String, Value>) -> bool {
    let action = request["action"].as_str().and_then(|name| catalogue().find(name));
    let is_read = action.is_some_and(|action| action.handler.is_in_live() && action.is_read());
    !is_read && !shows_trail(request)
}

#[pymethods]
impl Connection {
    /// One action and its answer, a dict. Beside its parameters it takes expect (a dict), deadline_ms, once, coalesce
    /// and dry_run, as docs/requests.md describes them, and timeout, in seconds, if it is to be another one than the connection's.
    /// What is None is not sent.
    #[pyo3(signature = (action, /, *, timeout = None, **parameters))]
    pub fn call(
        &self,
        py: Python<'_>,
        action: &str,
        timeout: Option<f64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let mut request = values::arguments(parameters)?;
        for key in ["action", "id"] {
            if request.contains_key(key) {
                return Err(PyTypeError::new_err(format!("{key} is no parameter of an action")));
            }
        }
        let secret = catalogue().find(action).and_then(command::Action::secret);
        if let Some(secret) = secret.filter(|secret| request.contains_key(&secret.name)) {
            expect_meant(&self.destination, &format!("the {}", secret.name), "")?;
        }
        request.insert("action".into(), action.into());
        let patience = if timeout.is_some() { patience(timeout)? } else { self.patience };
        self.ask(py, request, patience)
    }

    /// The events that subscribe(topics=[...]) asked for, each a dict, as they come. Ends when none has come for timeout
    /// seconds; without one it waits until the connection ends, and raises ConnectionLost then.
    #[pyo3(signature = (*, timeout = None))]
    fn events(slf: Py<Self>, timeout: Option<f64>) -> PyResult<Events> {
        Events::of(slf, timeout)
    }

    /// Close the connection, once nobody waits for an answer on it. What Live has begun goes on.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.wire.wait(py, async |seat| seat.close().await)
    }

    fn __getattr__(slf: Py<Self>, name: &str) -> PyResult<Action> {
        match catalogue().find(name) {
            Some(action) => Ok(Action::new(slf, action)),
            None => Err(PyAttributeError::new_err(format!("there is no action {name}; docs/actions.md lists them"))),
        }
    }

    fn __dir__(slf: &Bound<'_, Self>) -> PyResult<Vec<String>> {
        let mut names: Vec<String> = slf.get_type().dir()?.extract()?;
        names.extend(catalogue().actions().iter().map(|action| action.name.clone()));
        Ok(names)
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        format!("<livegate.Connection to {}>", self.destination.address())
    }
}
