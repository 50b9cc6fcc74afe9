//! Parses times: an age such as `2h`, a day, or an RFC 3339 timestamp.

use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// Unix time in microseconds.
pub fn parse(text: &str, now_us: i64) -> Result<i64, String> {
    let said = ago(text).map(|ago_us| now_us.saturating_sub(ago_us)).or_else(|| moment(text));
    said.ok_or_else(|| {
        format!("{text:?} is no time; say how long ago, as 90s, 30m, 2h, 7d or 2w, or a day or moment in UTC, as 2026-01-31 or 2026-01-31T18:30:00Z")
    })
}

fn ago(text: &str) -> Option<i64> {
    let unit_s = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let number: u32 = text[..text.len() - 1].parse().ok()?;
    i64::from(number).checked_mul(unit_s * 1_000_000)
}

fn moment(text: &str) -> Option<i64> {
    let day = || Date::parse(text, format_description!("[year]-[month]-[day]")).ok();
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok().or_else(|| Some(day()?.midnight().assume_utc()))?;
    i64::try_from(moment.unix_timestamp_nanos() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_days_and_timestamps_are_accepted() {
        let now = 1_800_000_000_000_000;
        for (text, expected_s) in [
            ("90s", 1_800_000_000 - 90),
            ("2h", 1_800_000_000 - 7_200),
            ("2w", 1_800_000_000 - 1_209_600),
            ("1970-01-02", 86_400),
            ("1970-01-01T00:01:00Z", 60),
            ("1970-01-01T02:01:00+02:00", 60),
        ] {
            assert_eq!(parse(text, now), Ok(expected_s * 1_000_000), "{text}");
        }
        for text in
            ["", "h", "2", "-1h", "1.5h", "2 h", "yesterday", "2026-13-01", "2026-01-31 18:30", "5000000000s", "2é"]
        {
            assert!(parse(text, now).is_err(), "{text}");
        }
    }
}
