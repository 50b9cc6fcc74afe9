//! The times at which a rule is in force: daily hours in a named time zone, and an end.

use jiff::Timestamp;
use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use toml::value::Datetime;

use super::file::HoursEntry;

/// The times at which a rule is in force. Without hours and end, it always is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    pub hours: Option<Hours>,
    pub until: Option<Timestamp>,
}

/// Daily hours `from..to`. If `to` is not after `from`, they end on the next day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    from: Time,
    to: Time,
    /// The days on which the hours begin.
    days: Vec<Weekday>,
    zone: TimeZone,
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Schedule {
    pub fn includes(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until) && self.hours.as_ref().is_none_or(|hours| hours.include(now))
    }
}

impl Hours {
    pub fn read(entry: &HoursEntry) -> Result<Hours, String> {
        let days = entry.days.as_ref().map_or_else(|| Ok(DAYS.map(|(_, day)| day).to_vec()), |days| read_days(days))?;
        let zone = TimeZone::get(&entry.zone).map_err(|_| {
            format!("there is no time zone {}; give a name of the IANA database, such as Europe/Berlin", entry.zone)
        })?;
        Ok(Hours { from: read_time(&entry.from)?, to: read_time(&entry.to)?, days, zone })
    }

    fn include(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.clone());
        let time = local.time();
        let day = local.weekday();
        let begins_on = |day: Weekday| self.days.contains(&day);
        if self.from < self.to {
            return begins_on(day) && self.from <= time && time < self.to;
        }
        (self.from <= time && begins_on(day)) || (time < self.to && begins_on(day.previous()))
    }
}

fn read_days(days: &[String]) -> Result<Vec<Weekday>, String> {
    if days.is_empty() {
        return Err("days must name at least one day".into());
    }
    let read = |name: &String| DAYS.into_iter().find(|(known, _)| known == name).map(|(_, day)| day);
    days.iter()
        .map(|name| {
            read(name).ok_or_else(|| format!("{name} is not a day; days are mon, tue, wed, thu, fri, sat, sun"))
        })
        .collect()
}

fn read_time(text: &str) -> Result<Time, String> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let fit = digits(hour) && digits(minute);
        fit.then(|| Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok())?
    };
    read().ok_or_else(|| format!("{text} is not a time of day; write HH:MM, from 00:00 to 23:59"))
}

/// A TOML date and time with an offset.
pub fn read_until(at: &Datetime) -> Result<Timestamp, String> {
    let needed =
        || format!("until must be a date and time with an offset, such as 2027-01-31T22:00:00+01:00, got {at}");
    if at.date.is_none() || at.time.is_none() || at.offset.is_none() {
        return Err(needed());
    }
    at.to_string().parse().map_err(|_| needed())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, to: &str, days: Option<&[&str]>, zone: &str) -> Result<Hours, String> {
        let days = days.map(|days| days.iter().map(|day| (*day).to_owned()).collect());
        Hours::read(&HoursEntry { from: from.into(), to: to.into(), days, zone: zone.into() })
    }

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn hours_follow_their_zone_and_end_before_to() {
        let evening = hours("18:00", "22:00", None, "Europe/Berlin").expect("hours");
        for (now, expected) in [
            ("2026-07-01T15:59:59Z", false), // summer: 17:59:59
            ("2026-07-01T16:00:00Z", true),
            ("2026-01-01T16:30:00Z", false), // winter: 17:30
            ("2026-01-01T20:59:59Z", true),
            ("2026-01-01T21:00:00Z", false),
        ] {
            assert_eq!(evening.include(at(now)), expected, "{now}");
        }
    }

    #[test]
    fn hours_past_midnight_belong_to_their_first_day() {
        let night = hours("22:00", "02:00", Some(&["fri"]), "UTC").expect("hours");
        for (now, expected) in [
            ("2026-11-27T21:59:00Z", false), // a Friday
            ("2026-11-27T22:00:00Z", true),
            ("2026-11-28T01:59:00Z", true),
            ("2026-11-28T02:00:00Z", false),
            ("2026-11-27T01:00:00Z", false), // Thursday's night
            ("2026-11-28T22:30:00Z", false),
        ] {
            assert_eq!(night.include(at(now)), expected, "{now}");
        }
    }

    #[test]
    fn wrong_hours_say_what_is_allowed() {
        for (from, days, zone, expected) in [
            ("6 pm", None, "UTC", "6 pm is not a time of day; write HH:MM, from 00:00 to 23:59"),
            ("24:00", None, "UTC", "24:00 is not a time of day"),
            ("18:00", Some(&["friday"][..]), "UTC", "friday is not a day; days are mon, tue"),
            ("18:00", Some(&[][..]), "UTC", "at least one day"),
            ("18:00", None, "Berlin", "there is no time zone Berlin; give a name of the IANA database"),
        ] {
            let refusal = hours(from, "23:00", days, zone).expect_err("wrong hours");
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
