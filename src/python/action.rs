//! `livegate.Action`: a callable that runs one action of a connection; its `__doc__` lists the parameters.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use super::session::Session;
use crate::command;

// Without a doc comment: it would become the class's `__doc__` and hide that of each action.
#[pyclass(frozen, module = "livegate")]
pub struct Action {
    session: Arc<Session>,
    action: &'static command::Action,
}

impl Action {
    pub fn new(session: Arc<Session>, action: &'static command::Action) -> Action {
        Action { session, action }
    }
}

#[pymethods]
impl Action {
    #[pyo3(signature = (*, timeout = None, **parameters))]
    fn __call__(
        &self,
        py: Python<'_>,
        timeout: Option<f64>,
        parameters: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Py<PyAny>> {
        self.session.call(py, &self.action.name, timeout, parameters)
    }

    #[getter]
    fn __name__(&self) -> &str {
        &self.action.name
    }

    #[getter]
    fn __doc__(&self) -> String {
        let entry = &self.action.entry;
        let params = entry["params"].as_array().into_iter().flatten().map(describe);
        let doc = entry["doc"].as_str().unwrap_or_default().to_owned();
        std::iter::once(doc + "\n").chain(params).collect::<Vec<_>>().join("\n")
    }

    fn __repr__(&self) -> String {
        format!("<livegate.Action {}>", self.action.name)
    }
}

/// `bpm: number, 20 to 999, beats per minute`
fn describe(param: &Value) -> String {
    let text = |key: &str| param[key].as_str().map(str::to_owned);
    let range = match (&param["minimum"], &param["maximum"]) {
        (Value::Number(least), Value::Number(most)) => Some(format!("{least} to {most}")),
        _ => None,
    };
    let choice =
        param["enum"].as_array().map(|values| values.iter().map(Value::to_string).collect::<Vec<_>>().join(" "));
    let optional = (param["required"] != true).then(|| "optional".to_owned());
    let either =
        param["type"].as_array().map(|types| types.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "));
    let parts = [either.or(text("type")), range, choice, text("unit"), optional];
    format!("{}: {}", text("name").unwrap_or_default(), parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}
