//! `livegate.Connection`: a signed-in connection, whose attributes are the actions of the catalogue.

use std::sync::Arc;

use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::action::Action;
use super::events::Events;
use super::session::Session;
use crate::command::catalogue;

/// A connection to a gateway. Every action of docs/actions.md is a method of it, with its parameters by name:
/// live.set_tempo(bpm=128). An answer is a dict. A refusal raises Refused; a missing answer raises ConnectionLost.
///
/// Threads may share a connection: their requests take turns. A forked process needs its own. A call that times out or
/// is interrupted by Ctrl-C closes the connection, and its action may still run; deadline_ms bounds when it may start.
#[pyclass(frozen, module = "livegate")]
pub struct Connection {
    session: Arc<Session>,
}

impl Connection {
    pub fn over(session: Session) -> Connection {
        Connection { session: Arc::new(session) }
    }
}

#[pymethods]
impl Connection {
    /// Run one action and return its answer, a dict. Beside the action's parameters it takes expect (a dict),
    /// deadline_ms, once, coalesce and dry_run (see docs/requests.md), and timeout in seconds, which replaces the
    /// connection's. A parameter that is None is not sent.
    #[pyo3(signature = (action, /, *, timeout = None, **parameters))]
    fn call(
        &self,
        py: Python<'_>,
        action: &str,
        timeout: Option<f64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        self.session.call(py, action, timeout, parameters)
    }

    /// Run several actions without waiting for each answer in turn, and return the answers in their order. Each request is a dict with the
    /// action's name as action, its parameters and terms. The answer to a refused one is a Refused, which is not raised. They run in
    /// their order; a failure of one does not stop the others (the action batch does that).
    #[pyo3(signature = (requests, *, timeout = None))]
    fn call_many(
        &self,
        py: Python<'_>,
        requests: Vec<Bound<'_, PyDict>>,
        timeout: Option<f64>,
    ) -> PyResult<Vec<Py<PyAny>>> {
        self.session.call_many(py, &requests, timeout)
    }

    /// Iterate over the events that subscribe(topics=[...]) asked for, each a dict. The iterator ends after timeout
    /// seconds without an event; without timeout it waits until the connection ends, and then raises ConnectionLost.
    #[pyo3(signature = (*, timeout = None))]
    fn events(&self, timeout: Option<f64>) -> PyResult<Events> {
        Events::of(self.session.clone(), timeout)
    }

    /// Close the connection, after the answer to the current request. In a signal handler, the call that it interrupts
    /// raises ConnectionLost. Live finishes the action it has started.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.session.close(py)
    }

    fn __getattr__(&self, name: &str) -> PyResult<Action> {
        match catalogue().find(name) {
            Some(action) => Ok(Action::new(self.session.clone(), action)),
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
        format!("<livegate.Connection to {}>", self.session.address())
    }
}
