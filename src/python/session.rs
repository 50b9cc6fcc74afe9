//! One signed-in session of a Python connection, shared by the connection, its actions and its event iterators.

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use super::blocking_client::BlockingClient;
use super::failure::{accept, accept_line, accept_or_refusal, raise, warn};
use super::{answer_wait, expect_named, values};
use crate::client::destination::Destination;
use crate::client::known_trails::{Contradiction, KnownTrails, TrailCheck};
use crate::client::shared::{RequestError, SharedClient};
use crate::client::{self, AnswerLine, Client};
use crate::command::{self, catalogue};

pub struct Session {
    wire: BlockingClient,
    destination: Destination,
    /// The folder with the latest known checkpoint of each gateway's trail.
    state_dir: PathBuf,
    answer_wait: Duration,
}

/// An answer, and a warning about the gateway's trail.
type Answer = (AnswerLine, Option<String>);

impl Session {
    /// Connect, and sign in if there is a token. Raises `ConnectionLost` or `Refused`.
    pub fn open(
        py: Python<'_>,
        destination: Destination,
        token: Option<SecretString>,
        state_dir: PathBuf,
        answer_wait: Duration,
    ) -> PyResult<Session> {
        let session = Session { wire: BlockingClient::new()?, destination, state_dir, answer_wait };
        session.connect(py)?;
        if let Some(token) = token {
            let sign_in = json!({"action": "authenticate", "token": token.expose_secret()});
            let Value::Object(sign_in) = sign_in else { unreachable!("it is written as an object") };
            session.ask(py, sign_in, answer_wait)?;
        }
        Ok(session)
    }

    /// One action and its answer. Raises `TypeError` and `ValueError` for parameters that cannot be sent.
    pub fn call(
        &self,
        py: Python<'_>,
        action: &str,
        timeout: Option<f64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        let mut request = values::arguments(parameters)?;
        if request.contains_key("action") {
            return Err(PyTypeError::new_err("action is not a parameter of an action"));
        }
        request.insert("action".into(), action.into());
        self.check(&request)?;
        self.ask(py, request, self.answer_wait_of(timeout)?)
    }

    /// Several actions, each a dict with its action; a refusal takes its answer's place.
    pub fn call_many(
        &self,
        py: Python<'_>,
        requests: &[Bound<'_, PyDict>],
        timeout: Option<f64>,
    ) -> PyResult<Vec<Py<PyAny>>> {
        let answer_wait = self.answer_wait_of(timeout)?;
        let requests =
            requests.iter().map(|request| self.checked(request)).collect::<PyResult<Vec<Map<String, Value>>>>()?;
        let may_change = requests.iter().any(may_change);
        let requests = requests.into_iter().map(Value::Object).collect();
        let asking = async |client: &mut Client| client.ask_all_for_lines(requests).await;
        let asked = self.wire.wait(py, async |client| client.with_client(answer_wait, asking).await)?;
        let answers = asked.map_err(|lost| raise(py, if may_change { lost } else { lost.of_read() }))?;
        answers.iter().map(|answer| accept_or_refusal(py, answer)).collect()
    }

    fn checked(&self, request: &Bound<'_, PyDict>) -> PyResult<Map<String, Value>> {
        let request = values::arguments(Some(request))?;
        if !request.get("action").is_some_and(Value::is_string) {
            return Err(PyTypeError::new_err("each request needs action, the name of an action"));
        }
        self.check(&request)?;
        Ok(request)
    }

    /// The client numbers requests itself, and sends no secret to the default address.
    fn check(&self, request: &Map<String, Value>) -> PyResult<()> {
        if request.contains_key("id") {
            return Err(PyTypeError::new_err("id is not a parameter of an action"));
        }
        let action = request["action"].as_str().and_then(|name| catalogue().find(name));
        let secret = action.and_then(command::Action::secret);
        match secret.filter(|secret| request.contains_key(&secret.name)) {
            Some(secret) => expect_named(&self.destination, &format!("the {}", secret.name), ""),
            None => Ok(()),
        }
    }

    fn answer_wait_of(&self, timeout: Option<f64>) -> PyResult<Duration> {
        if timeout.is_some() { answer_wait(timeout) } else { Ok(self.answer_wait) }
    }

    /// The next event, or `None` if there is none within `quiet_max`.
    pub fn next_event(&self, py: Python<'_>, quiet_max: Duration) -> PyResult<Option<Py<PyAny>>> {
        let next = async |client: &SharedClient| timeout(quiet_max, client.next_event()).await.ok().transpose();
        let event = self.wire.wait(py, next)?.map_err(|lost| raise(py, lost.of_read()))?;
        event.map(|event| accept(py, event)).transpose()
    }

    pub fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.wire.close(py)
    }

    pub fn address(&self) -> &str {
        self.destination.address()
    }

    fn connect(&self, py: Python<'_>) -> PyResult<()> {
        let connecting = self.wire.wait(py, async |shared| {
            let late = |_| RequestError::NotSent(format!("cannot connect within {:?}", self.answer_wait));
            let client = timeout(self.answer_wait, self.destination.connect()).await.map_err(late)?;
            let client = client.map_err(|error| RequestError::NotSent(format!("{error:#}")))?;
            let successor = client.successor();
            shared.put(client).await;
            Ok(successor)
        })?;
        match connecting.map_err(|lost: RequestError| raise(py, lost))? {
            Some(successor) => {
                let pin = hex::encode(successor.pin);
                warn(py, &format!("the gateway has a new CA: use pin={pin} from now on"))
            }
            None => Ok(()),
        }
    }

    fn ask(&self, py: Python<'_>, request: Map<String, Value>, answer_wait: Duration) -> PyResult<Py<PyAny>> {
        let may_change = may_change(&request);
        let asking = async |client: &mut Client| self.ask_and_hold(client, request).await;
        let asked = self.wire.wait(py, async |client| client.with_client(answer_wait, asking).await)?;
        let (answer, trail) = asked.map_err(|lost| raise(py, if may_change { lost } else { lost.of_read() }))?;
        trail.map_or(Ok(()), |trail| warn(py, &trail))?;
        accept_line(py, &answer)
    }

    /// One request and its answer. A checkpoint in the answer is compared with the known one.
    async fn ask_and_hold(&self, client: &mut Client, request: Map<String, Value>) -> client::Result<Answer> {
        let known = shows_trail(&request).then(|| KnownTrails::read(&self.state_dir));
        let answer = client.ask_for_line(Value::Object(request)).await?;
        let trail = match known {
            Some(known) if answer.is_yes() => self.check_trail(known, &answer.read()?, client).await,
            _ => None,
        };
        Ok((answer, trail))
    }

    async fn check_trail(
        &self,
        known: client::Result<KnownTrails>,
        answer: &Map<String, Value>,
        client: &mut Client,
    ) -> Option<String> {
        let held = match known {
            Ok(mut known) => known.check(self.address(), answer, client, Contradiction::Report).await,
            Err(error) => Err(error),
        };
        match held {
            Ok(TrailCheck::Consistent) => None,
            Ok(TrailCheck::Broken(how)) => Some(how),
            Err(error) => Some(format!("cannot remember the gateway's checkpoint: {error:#}")),
        }
    }
}

/// Whether a successful answer to this carries the trail's checkpoint.
fn shows_trail(request: &Map<String, Value>) -> bool {
    matches!(request["action"].as_str(), Some("authenticate" | "whoami"))
}

/// Whether an unknown outcome of this matters.
fn may_change(request: &Map<String, Value>) -> bool {
    let action = request["action"].as_str().and_then(|name| catalogue().find(name));
    let is_read = action.is_some_and(|action| action.handler.is_in_live() && action.is_read());
    !is_read && !shows_trail(request)
}
