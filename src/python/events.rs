//! `livegate.Events`: an iterator over a connection's events.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::session::Session;

/// Iterates over the events of a connection.
#[pyclass(frozen, module = "livegate")]
pub struct Events {
    session: Arc<Session>,
    quiet_max: Duration,
}

impl Events {
    /// `timeout` is in seconds; `None` waits until the connection ends.
    pub fn of(session: Arc<Session>, timeout: Option<f64>) -> PyResult<Events> {
        let quiet_max = timeout.map_or(Ok(Duration::MAX), Duration::try_from_secs_f64);
        let invalid =
            |_| PyValueError::new_err(format!("timeout must be 0 s or more, got {}", timeout.unwrap_or_default()));
        Ok(Events { session, quiet_max: quiet_max.map_err(invalid)? })
    }
}

#[pymethods]
impl Events {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.session.next_event(py, self.quiet_max)
    }
}
