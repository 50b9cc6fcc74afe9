//! The pairing code: eight digits that a person types into the device.

use secrecy::{ExposeSecret, SecretString};

use crate::platform::random;

/// Eight decimal digits, leading zeros included.
pub struct Code(SecretString);

const DIGITS: usize = 8;
const COUNT: u32 = 10_u32.pow(DIGITS as u32);

impl Code {
    /// A random code, uniformly distributed.
    pub fn new() -> Code {
        // Rejection sampling: numbers above the highest multiple would make some codes more frequent.
        let whole = u32::MAX - u32::MAX % COUNT;
        let number = std::iter::repeat_with(|| u32::from_be_bytes(random::bytes())).find(|number| *number < whole);
        Code(format!("{:0DIGITS$}", number.expect("there is always another") % COUNT).into())
    }

    /// Parses a typed code. Blanks and hyphens are ignored. `None`: it has not eight digits.
    pub fn read(text: &str) -> Option<Code> {
        let digits: String = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
        let is_code = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_code.then(|| Code(digits.into()))
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The code as people read it: `1234 5678`.
    pub fn in_halves(&self) -> String {
        let (first, second) = self.expose().split_at(DIGITS / 2);
        format!("{first} {second}")
    }
}

impl Default for Code {
    fn default() -> Code {
        Code::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_eight_digits_in_any_spelling() {
        for text in ["12345678", "1234 5678", " 1234-5678\n", "12 34 56 78"] {
            assert_eq!(Code::read(text).expect(text).in_halves(), "1234 5678");
        }
        for text in ["", "1234567", "123456789", "1234567a", "١٢٣٤٥٦٧٨", "+1234567"] {
            assert!(Code::read(text).is_none(), "{text}");
        }
    }

    #[test]
    fn new_codes_are_valid_and_differ() {
        let one = Code::new();
        let other = Code::new();
        assert!(Code::read(&one.in_halves()).is_some());
        assert_ne!((one.expose(), Code::new().expose()), (other.expose(), Code::new().expose()));
    }
}
