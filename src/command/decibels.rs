//! The curve of Live's faders: position (0 to 1) to decibels, and for volumes back.
//!
//! The upper part is linear, with 40 dB over the full range, and ends at +6 dB (a send at 0 dB). Below 0.4 the curve is a parabola down
//! to -70 dB, which Live shows as silence.

/// The decibels at the end of a volume fader.
pub(super) const VOLUME_END_DB: f64 = 6.0;
/// The decibels at the end of a send.
pub(super) const SEND_END_DB: f64 = 0.0;
const SLOPE_DB: f64 = 40.0;
const KNEE: f64 = 0.4;
const KNEE_DB: f64 = VOLUME_END_DB - SLOPE_DB * (1.0 - KNEE);
const SILENCE_DB: f64 = -70.0;

/// The unit that marks a fader's position in the catalogue.
pub const FADER_UNIT: &str = "Live fader position, 0.85 = 0 dB";

/// The decibels of a position on a fader that ends at `end_db`.
fn decibels(position: f64, end_db: f64) -> f64 {
    let depth = (KNEE - position).max(0.0);
    end_db - SLOPE_DB * (1.0 - position) - bend_db(end_db) * depth * depth
}

/// Decibels per squared distance below the knee.
fn bend_db(end_db: f64) -> f64 {
    (end_db - SLOPE_DB - SILENCE_DB) / (KNEE * KNEE)
}

/// The text that Live shows for a volume: `-6.0 dB`, or `-inf dB` for silence.
pub fn shown(position: f64) -> String {
    shown_to(position, VOLUME_END_DB)
}

/// The same for a fader that ends at `end_db`.
pub(super) fn shown_to(position: f64, end_db: f64) -> String {
    let decibels = decibels(position, end_db);
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
    if decibels > VOLUME_END_DB {
        return Some(Err(format!("a fader goes up to {VOLUME_END_DB} dB, got {text}")));
    }
    Some(Ok(position_of(decibels)))
}

fn position_of(decibels: f64) -> f64 {
    if decibels >= KNEE_DB {
        return 1.0 - (VOLUME_END_DB - decibels) / SLOPE_DB;
    }
    let below = KNEE_DB - decibels.max(SILENCE_DB);
    let bend_db = bend_db(VOLUME_END_DB);
    let depth = ((SLOPE_DB * SLOPE_DB + 4.0 * bend_db * below).sqrt() - SLOPE_DB) / (2.0 * bend_db);
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
            assert!((position_of(decibels(at, VOLUME_END_DB)) - at).abs() < 1e-9, "{at}");
        }
    }

    #[test]
    fn a_send_ends_at_zero_decibels() {
        for (at, text) in [(1.0, "0.0 dB"), (0.75, "-10.0 dB"), (0.0, "-inf dB")] {
            assert_eq!(shown_to(at, SEND_END_DB), text);
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
