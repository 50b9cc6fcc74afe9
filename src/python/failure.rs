//! The module's exceptions and warnings: a refusal, a lost connection, and a gateway's trail that was rewritten.

use std::ffi::CString;

use pyo3::exceptions::{PyConnectionError, PyException, PyUserWarning};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Map, Value};

use super::values;
use crate::client::AnswerLine;
use crate::client::shared::RequestError;
use crate::review::printable;
use crate::wire::refusal::Code;

pyo3::create_exception!(
    livegate,
    Refused,
    PyException,
    "The gateway or Live refused the request.

code             the reason, for programs: forbidden, rate_limited, precondition_failed, ...
category         protocol, access, network, live or runtime
retry_after_ms   milliseconds until a retry may succeed, or None
outcome_unknown  whether the action may have run: do not repeat it blindly
answer           the whole answer, a dict"
);
pyo3::create_exception!(
    livegate,
    ConnectionLost,
    PyConnectionError,
    "The connection to the gateway failed or was closed. Connect again.

outcome_unknown  whether the last request may have run: do not repeat it blindly, or give it an idempotency key: once=..."
);
pyo3::create_exception!(
    livegate,
    GatewayWarning,
    PyUserWarning,
    "A warning about the gateway: a new CA, or a trail that was rewritten."
);

/// `ConnectionLost` for a request without an answer.
pub fn raise(py: Python<'_>, lost: RequestError) -> PyErr {
    let (message, outcome_unknown) = match lost {
        RequestError::NotSent(why) => (printable(&why), false),
        RequestError::OutcomeUnknown(why) => (format!("{}; the last request may have run", printable(&why)), true),
    };
    with(py, ConnectionLost::new_err(message), &[("outcome_unknown", outcome_unknown.into())])
}

/// A successful answer as a dict; a refusal as `Refused`.
pub fn accept(py: Python<'_>, answer: Map<String, Value>) -> PyResult<Py<PyAny>> {
    match answer.get("ok") {
        Some(Value::Bool(false)) => Err(refused(py, answer)),
        _ => values::to_python(py, &Value::Object(answer)).map(Bound::unbind),
    }
}

/// The same for an unparsed answer: a successful one is parsed straight into Python's values, so that a large one is in memory once.
pub fn accept_line(py: Python<'_>, answer: &AnswerLine) -> PyResult<Py<PyAny>> {
    if answer.is_no() {
        let answer = answer.read().map_err(|error| raise(py, RequestError::OutcomeUnknown(format!("{error:#}"))))?;
        return Err(refused(py, answer));
    }
    let values = values::read(py, answer.bytes());
    let values =
        values.map_err(|error| raise(py, RequestError::OutcomeUnknown(format!("the answer is not JSON: {error}"))))?;
    // The client numbered the request; the caller did not.
    if let Ok(dict) = values.cast::<PyDict>()
        && dict.contains("id")?
    {
        dict.del_item("id")?;
    }
    Ok(values.unbind())
}

/// The same, but the refusal itself instead of raising it.
pub fn accept_or_refusal(py: Python<'_>, answer: &AnswerLine) -> PyResult<Py<PyAny>> {
    match accept_line(py, answer) {
        Err(error) if error.is_instance_of::<Refused>(py) => Ok(error.into_value(py).into_any()),
        accepted => accepted,
    }
}

pub fn refused(py: Python<'_>, answer: Map<String, Value>) -> PyErr {
    let field = |key: &str| answer.get(key).cloned().unwrap_or(Value::Null);
    let message = answer.get("error").and_then(Value::as_str).unwrap_or("the gateway gave no reason");
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

/// Through Python's `warnings`; an error if a filter turns warnings into errors.
pub fn warn(py: Python<'_>, message: &str) -> PyResult<()> {
    let message = CString::new(printable(message)).expect("printable text has no NUL");
    PyErr::warn(py, &py.get_type::<GatewayWarning>(), &message, 1)
}
