//! Opening hours: holidays, nights, and the two days a year on which the clocks jump.

use deskbell::faq::{self, OpeningHours, RawFile};
use deskbell::time::Timestamp;
use proptest::prelude::*;

fn hours(text: &str, zone: &str) -> Option<OpeningHours> {
    let business =
        format!("name = 'x'\nlang = 'en'\ntime_zone = '{zone}'\ncountry = 'DE'\nopening_hours = {text:?}\n");
    let content = Ok(business.into_bytes());
    faq::read(vec![RawFile { path: "business.toml".to_owned(), content }]).firm.hours
}

fn moment(text: &str) -> Timestamp {
    Timestamp::from(
        text.parse::<chrono::DateTime<chrono::Utc>>().expect("a moment such as 2026-01-01T00:00:00Z"),
    )
}

/// At each moment (UTC): open or not, when they open or close next, when they open next.
fn check(text: &str, rows: &[(&str, bool, &str, &str)]) {
    let hours = hours(text, "Europe/Berlin").unwrap_or_else(|| panic!("{text} is not understood"));
    for &(now, open, change, opens) in rows {
        let shown = |moment: Option<Timestamp>| {
            let utc = moment.and_then(Timestamp::to_utc);
            utc.map_or_else(|| "never".to_owned(), |utc| utc.format("%Y-%m-%dT%H:%MZ").to_string())
        };
        let now_at = moment(&format!("{}:00Z", now.trim_end_matches('Z')));
        assert_eq!(hours.is_open(now_at), open, "{text} at {now}");
        assert_eq!(shown(hours.next_change(now_at)), change, "{text}: change after {now}");
        assert_eq!(shown(hours.opens_next(now_at)), opens, "{text}: opens after {now}");
    }
}

#[test]
fn a_week_in_winter_and_in_summer() {
    check(
        "Mo-Fr 10:00-18:00; Sa 10:00-14:00; PH off",
        &[
            // Wednesday in winter: UTC+1.
            ("2026-01-14T08:59Z", false, "2026-01-14T09:00Z", "2026-01-14T09:00Z"),
            ("2026-01-14T09:00Z", true, "2026-01-14T17:00Z", "2026-01-15T09:00Z"),
            ("2026-01-14T17:00Z", false, "2026-01-15T09:00Z", "2026-01-15T09:00Z"),
            // Saturday afternoon.
            ("2026-01-17T13:30Z", false, "2026-01-19T09:00Z", "2026-01-19T09:00Z"),
            // Wednesday in summer: UTC+2.
            ("2026-07-15T08:00Z", true, "2026-07-15T16:00Z", "2026-07-16T08:00Z"),
        ],
    );
}

#[test]
fn holidays_are_those_of_the_country() {
    check(
        "Mo-Fr 10:00-18:00; PH off",
        &[
            // New Year 2026 is a Thursday, Easter Monday the 6th of April, Unity Day a Saturday.
            ("2026-01-01T11:00Z", false, "2026-01-02T09:00Z", "2026-01-02T09:00Z"),
            ("2026-04-02T16:00Z", false, "2026-04-07T08:00Z", "2026-04-07T08:00Z"),
            // 6 January is a holiday in three of sixteen states only.
            ("2026-01-06T11:00Z", true, "2026-01-06T17:00Z", "2026-01-07T09:00Z"),
        ],
    );
}

#[test]
fn a_night_belongs_to_the_day_on_which_it_begins() {
    check(
        "Fr,Sa 22:00-02:00",
        &[
            ("2026-01-16T22:30Z", true, "2026-01-17T01:00Z", "2026-01-17T21:00Z"),
            ("2026-01-17T00:59Z", true, "2026-01-17T01:00Z", "2026-01-17T21:00Z"),
            ("2026-01-17T01:00Z", false, "2026-01-17T21:00Z", "2026-01-17T21:00Z"),
            ("2026-01-18T00:30Z", true, "2026-01-18T01:00Z", "2026-01-23T21:00Z"),
        ],
    );
}

#[test]
fn always_and_never() {
    check("24/7", &[("2026-01-16T22:30Z", true, "never", "never")]);
    check("off", &[("2026-01-16T22:30Z", false, "never", "never")]);
    check("2030 Jan 01 10:00-12:00", &[("2026-01-16T22:30Z", false, "never", "never")]);
    check(
        "24/7; Dec 24-26 off",
        &[
            ("2026-12-01T12:00Z", true, "2026-12-23T23:00Z", "2026-12-26T23:00Z"),
            ("2026-12-25T12:00Z", false, "2026-12-26T23:00Z", "2026-12-26T23:00Z"),
        ],
    );
}

#[test]
fn stretches_that_touch_are_no_change() {
    check(
        "Mo-Fr 10:00-12:00 \"counter\", Mo-Fr 12:00-14:00 \"phone\"",
        &[("2026-01-14T10:00Z", true, "2026-01-14T13:00Z", "2026-01-15T09:00Z")],
    );
    check(
        "Mo-Fr 10:00-12:00; We off; Sa unknown",
        &[
            ("2026-01-13T11:00Z", false, "2026-01-15T09:00Z", "2026-01-15T09:00Z"),
            ("2026-01-17T11:00Z", false, "2026-01-19T09:00Z", "2026-01-19T09:00Z"),
        ],
    );
}

#[test]
fn in_spring_an_hour_is_missing() {
    // On 29 March 2026, 02:00 becomes 03:00 (01:00 UTC).
    check(
        "Su 01:00-04:00",
        &[
            ("2026-03-29T00:30Z", true, "2026-03-29T02:00Z", "2026-04-04T23:00Z"),
            ("2026-03-28T12:00Z", false, "2026-03-29T00:00Z", "2026-03-29T00:00Z"),
        ],
    );
    // Who opens in the missing hour opens behind it.
    check("Su 02:30-05:00", &[("2026-03-28T12:00Z", false, "2026-03-29T01:00Z", "2026-03-29T01:00Z")]);
    // Who is open in the missing hour alone is not open.
    check("Mar 29 02:15-02:45", &[("2026-03-29T01:00Z", false, "2027-03-29T00:15Z", "2027-03-29T00:15Z")]);
}

#[test]
fn in_autumn_an_hour_comes_twice() {
    // On 25 October 2026, 03:00 becomes 02:00 (01:00 UTC).
    check(
        "Su 01:00-02:30",
        &[
            // The first 02:15, the second 02:15, the second 02:45.
            ("2026-10-25T00:15Z", true, "2026-10-25T00:30Z", "2026-11-01T00:00Z"),
            ("2026-10-25T01:15Z", true, "2026-10-25T01:30Z", "2026-11-01T00:00Z"),
            ("2026-10-25T01:45Z", false, "2026-11-01T00:00Z", "2026-11-01T00:00Z"),
        ],
    );
}

#[test]
fn other_zones_have_their_own_clocks() {
    let kathmandu = hours("Mo-Fr 10:00-18:00", "Asia/Kathmandu").expect("good hours");
    assert!(!kathmandu.is_open(moment("2026-01-14T04:14:00Z")));
    assert!(kathmandu.is_open(moment("2026-01-14T04:15:00Z")));
    // In Beirut the clocks jump at midnight: 29 March 2026 begins at one o'clock.
    let beirut = hours("24/7; Mar 29 off", "Asia/Beirut").expect("good hours");
    assert_eq!(beirut.next_change(moment("2026-03-28T12:00:00Z")), Some(moment("2026-03-28T22:00:00Z")));
}

#[test]
fn moments_beyond_the_calendar_are_no_harm() {
    let hours = hours("Mo-Fr 10:00-18:00; PH off", "Pacific/Apia").expect("good hours");
    for millis in [i64::MIN, -1, 0, 253_402_300_799_999, i64::MAX] {
        let now = Timestamp::from_millis(millis);
        let _ = (hours.is_open(now), hours.next_change(now), hours.opens_next(now));
    }
}

fn hours_text() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "Mo",
        "Tu-Fr",
        "Su",
        "PH",
        "SH",
        "off",
        "open",
        "unknown",
        "24/7",
        "10:00-18:00",
        "22:00-02:00",
        "00:00-24:00",
        "23:59-00:01",
        "10:00+",
        "sunrise-sunset",
        "Jan",
        "Feb 29",
        "Dec 24-Jan 02",
        "easter",
        "easter -2 days",
        "2026",
        "2024-2030/2",
        "week 1-53/2",
        "week 53",
        "Mo[1]",
        "Su[-1]",
        "PH -1 day",
        "\"note\"",
        ";",
        ",",
        "||",
        " ",
        "-",
        "2000+",
        "48:00",
        "26:00",
        "Fr 20:00-26:00",
        "10:00-16:00/01:30",
        "Feb 29-30",
        "(sunset-02:00)-24:00",
    ]);
    prop::collection::vec(part, 1..7).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn no_hours_make_it_fall_or_go_back(text in hours_text(), minutes in 0_i64..60 * 24 * 366 * 4, zone in prop::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Beirut"])) {
        if let Some(hours) = hours(&text, zone) {
            let now = Timestamp::from_millis(1_767_225_600_000 + minutes * 60_000);
            let open = hours.is_open(now);
            if let Some(change) = hours.next_change(now) {
                prop_assert!(now < change, "{text}");
            }
            if let Some(opens) = hours.opens_next(now) {
                prop_assert!(now < opens, "{text}");
                prop_assert!(hours.next_change(now) <= Some(opens), "{text}");
                if !open {
                    prop_assert_eq!(hours.next_change(now), Some(opens), "{}", text);
                }
            }
        }
    }

    #[test]
    fn no_text_as_hours_makes_it_fall(text in "\\PC{0,40}") {
        let _ = hours(&text, "Europe/Berlin");
    }
}
