//! Prints a row of the trail as JSON.

use serde_json::Value;

use super::super::say;
use crate::audit::Listed;
use crate::wire::line;

pub fn print_json_row(row: &Listed) {
    let value = serde_json::to_value(row).expect("a listed row serialises");
    if let Value::Object(object) = value {
        say(&line::ascii(&object));
    }
}
