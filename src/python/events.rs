//! `livegate.Events`: what a connection has subscribed to, one event after the other.

use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tokio::time::timeout;

use super::connection::Connection;
use super::failure::accept;

/// Events of a connection, as they come.
#[pyclass(frozen, module = "livegate")]
pub struct Events {
    connection: Py<Connection>,
    quiet_max: Duration,
}

impl Events {
    pub fn of(connection: Py<Connection>, timeout: Option<f64>) -> PyResult<Events> {
        let quiet_max = timeout.map_or(Ok(Duration::MAX), Duration::try_from_secs_f64);
        let quiet_max = quiet_max.map_err(|_| PyValueError::new_err("timeout is in seconds, not below 0"))?;
        Ok(Events { connection, quiet_max })
    }
}

#[pymethods]
impl Events {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let wire = &self.connection.get().wire;
        let Ok(heard) = wire.wait(py, async |seat| timeout(self.quiet_max, seat.hear()).await)? else {
            return Ok(None);
        };
        accept(py, heard.map_err(|lost| lost.raise(py))?).map(Some)
    }
}
