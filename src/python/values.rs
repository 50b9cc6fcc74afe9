//! Python ↔ JSON: what a request may hold, refused by name where it does not fit; what an answer holds, as plain values.

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

/// As deep as a gateway reads; a list that holds itself ends here.
const DEPTH_MAX: usize = 16;
/// Beyond this, a number in JSON is not the same everywhere.
const INTEGER_MAX: i64 = 1 << 53;

/// Arguments by name, as the keys of a request. What is `None` was not given.
pub fn arguments(given: Option<&Bound<'_, PyDict>>) -> PyResult<Map<String, Value>> {
    let mut request = Map::new();
    for (key, value) in given.into_iter().flatten() {
        if !value.is_none() {
            let key: String = key.extract()?;
            // The request itself is the first level.
            let value = to_json(&value, DEPTH_MAX - 1).map_err(|error| at(&key, error, value.py()))?;
            request.insert(key, value);
        }
    }
    Ok(request)
}

fn to_json(value: &Bound<'_, PyAny>, depth_left: usize) -> PyResult<Value> {
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(flag.is_true().into());
    }
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_cow()?.into_owned().into());
    }
    if let Ok(number) = value.cast::<PyFloat>() {
        let finite = Number::from_f64(number.value()).ok_or_else(|| PyValueError::new_err("not a finite number"))?;
        return Ok(finite.into());
    }
    let items = value
        .cast::<PyList>()
        .map(|list| list.as_any())
        .or_else(|_| value.cast::<PyTuple>().map(|tuple| tuple.as_any()));
    if let Ok(items) = items {
        let depth_left = deeper(depth_left)?;
        return items.try_iter()?.map(|item| to_json(&item?, depth_left)).collect();
    }
    if let Ok(dict) = value.cast::<PyDict>() {
        let depth_left = deeper(depth_left)?;
        let entry = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
            let key = key.cast::<PyString>().map_err(|_| PyTypeError::new_err("a key is not a string"))?;
            Ok((key.to_cow()?.into_owned(), to_json(&value, depth_left)?))
        };
        // What an element does while it is read may change the dictionary.
        let entries: Vec<_> = dict.iter().collect();
        return Ok(Value::Object(entries.into_iter().map(entry).collect::<PyResult<_>>()?));
    }
    integer(value).map(Value::from)
}

/// Whatever is one to Python (`__index__`).
fn integer(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let too_large = || PyValueError::new_err("an integer beyond 2**53");
    match value.extract::<i64>() {
        Ok(number) if number.unsigned_abs() <= INTEGER_MAX.unsigned_abs() => Ok(number),
        Ok(_) => Err(too_large()),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => Err(too_large()),
        Err(_) => Err(PyTypeError::new_err(format!("a {} cannot be sent", value.get_type().name()?))),
    }
}

fn deeper(depth_left: usize) -> PyResult<usize> {
    depth_left.checked_sub(1).ok_or_else(|| PyValueError::new_err(format!("nested deeper than {DEPTH_MAX}")))
}

/// The same kind of error, with the name of the argument in front.
fn at(key: &str, error: PyErr, py: Python<'_>) -> PyErr {
    let message = format!("{key}: {}", error.value(py));
    match error.is_instance_of::<PyTypeError>(py) {
        true => PyTypeError::new_err(message),
        false => PyValueError::new_err(message),
    }
}

/// The depth of what has been read is bounded by the reader of JSON.
pub fn to_python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::Number(number) => to_number(py, number)?,
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(items) => {
            let items = items.iter().map(|item| to_python(py, item)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, items)?.into_any()
        }
        Value::Object(fields) => {
            let dict = PyDict::new(py);
            fields.iter().try_for_each(|(key, value)| dict.set_item(key, to_python(py, value)?))?;
            dict.into_any()
        }
    })
}

fn to_number<'py>(py: Python<'py>, number: &Number) -> PyResult<Bound<'py, PyAny>> {
    if let Some(integer) = number.as_i64() {
        return Ok(integer.into_pyobject(py)?.into_any());
    }
    match number.as_u64() {
        Some(integer) => Ok(integer.into_pyobject(py)?.into_any()),
        None => Ok(PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any()),
    }
}
