//! Parses times: an age such as `2h`, a day, a weekday, a time of day, or an RFC 3339 timestamp; and writes them for people.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Unix time in microseconds. Days and times of day are in UTC.
pub fn parse(text: &str, now_us: i64) -> Result<i64, String> {
    parse_in(text, now_us, &TimeZone::UTC)
}

/// The same with days and times of day in a time zone. A day stands for its beginning.
pub fn parse_in(text: &str, now_us: i64, zone: &TimeZone) -> Result<i64, String> {
    let now = zoned(now_us, zone);
    let said = ago(text).map(|ago_us| now_us.saturating_sub(ago_us)).or_else(|| moment(text)).or_else(|| {
        let moment = civil(text, &now)?.to_zoned(zone.clone()).ok()?;
        Some(moment.timestamp().as_microsecond())
    });
    said.ok_or_else(|| {
        format!(
            "{text:?} is not a time; write an age such as 90s, 30m, 2h, 7d or 2w, a day such as today, yesterday, monday or 2026-01-31, a time of day \
             such as 22:00, both such as \"yesterday 22:00\", or a timestamp such as 2026-01-31T18:30:00Z"
        )
    })
}

/// The moment in a time zone; the beginning of 1970 for a time that no calendar has.
pub fn zoned(time_us: i64, zone: &TimeZone) -> Zoned {
    Timestamp::from_microsecond(time_us).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
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
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

/// A day, a time of day, or both. A time of day alone is the last one.
fn civil(text: &str, now: &Zoned) -> Option<DateTime> {
    let (first, second) = text.split_once([' ', 'T']).map_or((text, None), |(day, time)| (day, Some(time)));
    if let Some(time) = second {
        return Some(day(first, now)?.to_datetime(time_of_day(time)?));
    }
    if let Some(day) = day(text, now) {
        return Some(day.to_datetime(Time::midnight()));
    }
    let time = time_of_day(text)?;
    let today = now.date();
    let day = if today.to_datetime(time) <= now.datetime() { today } else { today.yesterday().ok()? };
    Some(day.to_datetime(time))
}

/// A date, or a name of a day not after today.
fn day(text: &str, now: &Zoned) -> Option<Date> {
    let today = now.date();
    match text.to_ascii_lowercase().as_str() {
        "today" => return Some(today),
        "yesterday" => return today.yesterday().ok(),
        name => {
            if let Some(weekday) = weekday(name) {
                let is_today = today.weekday() == weekday;
                return if is_today { Some(today) } else { today.nth_weekday(-1, weekday).ok() };
            }
        }
    }
    let is_date = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    is_date.then(|| text.parse().ok()).flatten()
}

fn weekday(name: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    NAMES.into_iter().find(|(day, _)| *day == name || &day[..3] == name).map(|(_, weekday)| weekday)
}

fn time_of_day(text: &str) -> Option<Time> {
    let is_time = matches!(text.len(), 5 | 8) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
    is_time.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use jiff::tz::Offset;

    use super::*;

    #[test]
    fn a_time_is_an_age_day_or_timestamp() {
        let now = 1_800_000_000_000_000;
        for (text, expected_s) in [
            ("90s", 1_800_000_000 - 90),
            ("2h", 1_800_000_000 - 7_200),
            ("2w", 1_800_000_000 - 1_209_600),
            ("1970-01-02", 86_400),
            ("1970-01-02 01:00", 90_000),
            ("1970-01-01T00:01:00Z", 60),
            ("1970-01-01T02:01:00+02:00", 60),
        ] {
            assert_eq!(parse(text, now), Ok(expected_s * 1_000_000), "{text}");
        }
        for text in
            ["", "h", "2", "-1h", "1.5h", "2 h", "someday", "2026-13-01", "25:00", "5000000000s", "2é", "mon day"]
        {
            assert!(parse(text, now).is_err(), "{text}");
        }
    }

    #[test]
    fn days_and_hours_are_in_the_readers_zone() {
        let zone = TimeZone::fixed(Offset::from_hours(2).expect("an offset"));
        // Friday, 15 January 2027, 10:00 there.
        let now = 1_800_000_000_000_000;
        assert_eq!(zoned(now, &zone).strftime("%A %d %B %Y %H:%M").to_string(), "Friday 15 January 2027 10:00");
        for (text, expected) in [
            ("today", "2027-01-15T00:00"),
            ("yesterday", "2027-01-14T00:00"),
            ("Friday", "2027-01-15T00:00"),
            ("sat", "2027-01-09T00:00"),
            ("09:30", "2027-01-15T09:30"),
            ("22:00", "2027-01-14T22:00"),
            ("yesterday 22:00", "2027-01-14T22:00"),
            ("2026-12-24", "2026-12-24T00:00"),
            ("2026-12-24T18:30:00Z", "2026-12-24T20:30"),
        ] {
            let parsed = parse_in(text, now, &zone).map(|us| zoned(us, &zone).strftime("%Y-%m-%dT%H:%M").to_string());
            assert_eq!(parsed.as_deref(), Ok(expected), "{text}");
        }
    }
}
