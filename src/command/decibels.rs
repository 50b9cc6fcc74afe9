//! The curve of Live's volume faders: position (0 to 1) to decibels, and back.
//!
//! The upper part is linear, with 40 dB over the full range, and ends at +6 dB. Below 0.4 the curve is a parabola down to -70 dB, which Live shows as
//! silence.

const TOP_DB: f64 = 6.0;
const SLOPE_DB: f64 = 40.0;
const KNEE: f64 = 0.4;
const KNEE_DB: f64 = TOP_DB - SLOPE_DB * (1.0 - KNEE);
const SILENCE_DB: f64 = -70.0;
/// Decibels per squared distance below the knee.
const BEND_DB: f64 = (TOP_DB - SLOPE_DB - SILENCE_DB) / (KNEE * KNEE);

/// The unit that marks a fader's position in the catalogue.
pub const FADER_UNIT: &str = "Live fader position, 0.85 = 0 dB";

/// The decibels of a position.
pub fn decibels(position: f64) -> f64 {
    let depth = (KNEE - position).max(0.0);
    TOP_DB - SLOPE_DB * (1.0 - position) - BEND_DB * depth * depth
}

/// The text that Live shows: `-6.0 dB`, or `-inf dB` for silence.
pub fn shown(position: f64) -> String {
    let decibels = decibels(position);
    if decibels <= SILENCE_DB {
        return "-inf dB".to_owned();
    }
    let rounded = if decibels.abs() < 0.05 { 0.0 } else { decibels };
    format!("{rounded:.1} dB")
}

/// Parse a text such as `-6dB`, `+3 dB` or `-inf dB` into a position. `None`: it is not in decibels. Errors: out of range.
pub fn position(text: &str) -> Option<Result<f64, String>> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(2)?)?;
    if !unit.eq_ignore_ascii_case("db") {
        return None;
    }
    let number = number.trim_end();
    if number.eq_ignore_ascii_case("-inf") {
        return Some(Ok(0.0));
    }
    let decibels: f64 = number.parse().ok().filter(|number: &f64| number.is_finite())?;
    if decibels > TOP_DB {
        return Some(Err(format!("a fader goes up to {TOP_DB} dB, got {text}")));
    }
    Some(Ok(position_of(decibels)))
}

fn position_of(decibels: f64) -> f64 {
    if decibels >= KNEE_DB {
        return 1.0 - (TOP_DB - decibels) / SLOPE_DB;
    }
    let below = KNEE_DB - decibels.max(SILENCE_DB);
    let depth = ((SLOPE_DB * SLOPE_DB + 4.0 * BEND_DB * below).sqrt() - SLOPE_DB) / (2.0 * BEND_DB);
    (KNEE - depth).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_decibels_are_the_faders_of_live() {
        for (at, text) in [(1.0, "6.0 dB"), (0.85, "0.0 dB"), (0.7, "-6.0 dB"), (0.4, "-18.0 dB"), (0.0, "-inf dB")] {
            assert_eq!(shown(at), text);
            let back = position(text).expect("decibels").expect("within the range");
            assert!((back - at).abs() < 1e-9, "{text}: {back}");
        }
        for step in 0..=100 {
            let at = f64::from(step) / 100.0;
            assert!((position_of(decibels(at)) - at).abs() < 1e-9, "{at}");
        }
    }

    #[test]
    fn other_texts_are_no_decibels() {
        for text in ["", "dB", "0.5", "-6", "6 bd", "nan dB", "inf dB", "é"] {
            assert!(position(text).is_none_or(|position| position.is_err()), "{text}");
        }
        assert_eq!(position("7dB"), Some(Err("a fader goes up to 6 dB, got 7dB".into())));
    }
}
