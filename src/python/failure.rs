//! What can go wrong, as exceptions and warnings: the gateway said no, or nobody can say what became of a request.

use std::ffi::CString;

use pyo3::exceptions::{PyConnectionError, PyException, PyUserWarning};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use super::values;
use crate::review::printable;
use crate::wire::refusal::Code;

pyo3::create_exception!(
    livegate,
    Refused,
    PyException,
    "The gateway or Live said no.

code             why, for programs: forbidden, rate_limited, precondition_failed, ...
category         where: protocol, access, network, live, runtime
retry_after_ms   after how many milliseconds it may be tried again, or None
outcome_unknown  whether it may have been done all the same: do not repeat it blindly
answer           the whole answer, a dict"
);
pyo3::create_exception!(
    livegate,
    ConnectionLost,
    PyConnectionError,
    "There is no connection to the gateway, or none any more. Connect again.

outcome_unknown  whether what was asked last may have been done: do not repeat it blindly, or give it a key: once=..."
);
pyo3::create_exception!(
    livegate,
    GatewayWarning,
    PyUserWarning,
    "What a gateway's owner or its clients should look at."
);

/// Why there is no answer.
pub struct Lost {
    pub why: String,
    /// Whether the request may have been carried out.
    pub outcome_unknown: bool,
}

impl Lost {
    /// Nothing was asked.
    pub fn before(why: impl Into<String>) -> Lost {
        Lost { why: why.into(), outcome_unknown: false }
    }

    /// The request may have gone out.
    pub fn after(why: impl Into<String>) -> Lost {
        Lost { why: why.into(), outcome_unknown: true }
    }

    pub fn raise(self, py: Python<'_>) -> PyErr {
        let unsure = if self.outcome_unknown { "; what was asked last may have been done" } else { "" };
        let error = ConnectionLost::new_err(format!("{}{unsure}", printable(&self.why)));
        with(py, error, &[("outcome_unknown", self.outcome_unknown.into())])
    }
}

/// An answer that says yes, as a dict; one that says no, as the exception.
pub fn accept(py: Python<'_>, answer: Map<String, Value>) -> PyResult<Py<PyAny>> {
    match answer.get("ok") {
        Some(Value::Bool(false)) => Err(refused(py, answer)),
        _ => values::to_python(py, &Value::Object(answer)).map(Bound::unbind),
    }
}

pub fn refused(py: Python<'_>, answer: Map<String, Value>) -> PyErr {
    let field = |key: &str| answer.get(key).cloned().unwrap_or(Value::Null);
    let message = answer.get("error").and_then(Value::as_str).unwrap_or("the gateway said no, and not why");
    let error = Refused::new_err(printable(message));
    let code = field("code");
    let unknown = code == Code::OutcomeUnknown.name();
    let fields = [
        ("code", code),
        ("category", field("category")),
        ("retry_after_ms", field("retry_after_ms")),
        ("outcome_unknown", unknown.into()),
        ("answer", Value::Object(answer)),
    ];
    with(py, error, &fields)
}

fn with(py: Python<'_>, error: PyErr, fields: &[(&str, Value)]) -> PyErr {
    let set = |(key, value): &(&str, Value)| error.value(py).setattr(*key, values::to_python(py, value)?);
    match fields.iter().try_for_each(set) {
        Ok(()) => error,
        Err(error) => error,
    }
}

/// By way of Python's `warnings`; an error if these are to be errors.
pub fn warn(py: Python<'_>, message: &str) -> PyResult<()> {
    let message = CString::new(printable(message)).expect("what is printable has no NUL");
    PyErr::warn(py, &py.get_type::<GatewayWarning>(), &message, 1)
}
