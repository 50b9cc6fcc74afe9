//! Converts between Python's values and JSON: arguments into requests, answers into plain values.

use std::borrow::Cow;
use std::fmt;

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyList, PyString, PyTuple};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The gateway's own limit. It also ends the recursion into a list that contains itself.
const DEPTH_MAX: usize = 16;
/// Larger integers lose precision in readers of JSON that use doubles (RFC 8259, 6).
const INTEGER_MAX: i64 = 1 << 53;

/// Keyword arguments as the fields of a request; `None` is left out. Errors name the argument.
pub fn arguments(given: Option<&Bound<'_, PyDict>>) -> PyResult<Map<String, Value>> {
    let mut request = Map::new();
    for (key, value) in given.into_iter().flatten() {
        if !value.is_none() {
            let key: String = key.extract()?;
            // The request is the first level.
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
        let finite =
            Number::from_f64(number.value()).ok_or_else(|| PyValueError::new_err("must be a finite number"))?;
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
            let key = key.cast::<PyString>().map_err(|_| PyTypeError::new_err("keys must be strings"))?;
            Ok((key.to_cow()?.into_owned(), to_json(&value, depth_left)?))
        };
        // An element's `__index__` may change the dictionary during the iteration.
        let entries: Vec<_> = dict.iter().collect();
        return Ok(Value::Object(entries.into_iter().map(entry).collect::<PyResult<_>>()?));
    }
    integer(value).map(Value::from)
}

/// Anything with `__index__`.
fn integer(value: &Bound<'_, PyAny>) -> PyResult<i64> {
    let too_large = || PyValueError::new_err("must be an integer from -2**53 to 2**53");
    match value.extract::<i64>() {
        Ok(number) if number.unsigned_abs() <= INTEGER_MAX.unsigned_abs() => Ok(number),
        Ok(_) => Err(too_large()),
        Err(error) if error.is_instance_of::<PyOverflowError>(value.py()) => Err(too_large()),
        Err(_) => Err(PyTypeError::new_err(format!("a value of type {} cannot be sent", value.get_type().name()?))),
    }
}

fn deeper(depth_left: usize) -> PyResult<usize> {
    depth_left.checked_sub(1).ok_or_else(|| PyValueError::new_err(format!("nested deeper than {DEPTH_MAX} levels")))
}

/// The same class of error, with the argument's name in front.
fn at(key: &str, error: PyErr, py: Python<'_>) -> PyErr {
    let message = format!("{key}: {}", error.value(py));
    if error.is_instance_of::<PyTypeError>(py) { PyTypeError::new_err(message) } else { PyValueError::new_err(message) }
}

/// Recursion is bounded by `serde_json`, which read the value.
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

/// JSON as Python's values, without a tree of `Value` between: beside its bytes, an answer takes the memory of Python's own values.
pub fn read<'py>(py: Python<'py>, json: &[u8]) -> serde_json::Result<Bound<'py, PyAny>> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = Reader(py).deserialize(&mut reader)?;
    reader.end().map(|()| value)
}

#[derive(Clone, Copy)]
struct Reader<'py>(Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Reader<'py> {
    type Value = Bound<'py, PyAny>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Reader<'py> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.0, flag).to_owned().into_any())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        Ok(number.into_pyobject(self.0).map_err(E::custom)?.into_any())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Ok(number.into_pyobject(self.0).map_err(E::custom)?.into_any())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.0, number).into_any())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, text).into_any())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0);
        while let Some(item) = items.next_element_seed(self)? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }

    /// Keys repeat in lists of dictionaries, so each is interned once.
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0);
        while let Some(key) = fields.next_key::<Cow<'de, str>>()? {
            let value = fields.next_value_seed(self)?;
            dict.set_item(PyString::intern(self.0, &key), value).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}
