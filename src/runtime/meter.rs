//! What an operator watches: counters, gauges and durations under Prometheus' naming conventions.
//!
//! Counters start anew with the process, as Prometheus expects; what the owner's report counts lies in the store.
//! Nothing that a customer wrote, and no customer's name or number, is ever a label.

use std::time::Duration;

use prometheus_client::encoding::text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::channel::DeliverError;
use crate::desk::{Action, Count, Turn};
use crate::faq::ChannelKind;
use crate::store::{Health, Outcome, Waiting};

/// A label and its value.
type Label = [(&'static str, &'static str); 1];
/// Two labels and their values.
type Labels = [(&'static str, &'static str); 2];

/// Upper bounds of the buckets for durations, in seconds.
const SECONDS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// All that is measured.
#[derive(Debug)]
pub(super) struct Meter {
    registry: Registry,
    heard: Family<Label, Counter>,
    refused: Counter,
    decisions: Family<Labels, Counter>,
    turn: Histogram,
    deliveries: Family<Labels, Counter>,
    errors: Family<Labels, Counter>,
    reloads: Family<Label, Counter>,
    backups: Family<Label, Counter>,
    standing: Standing,
}

/// What is looked up when somebody asks.
#[derive(Debug, Default)]
struct Standing {
    outbox: Gauge,
    outbox_overdue: Gauge,
    open_tickets: Gauge,
    entries: Gauge,
    store_good: Gauge,
}

/// What stands at the moment of asking.
pub(super) struct Now {
    pub(super) waiting: Waiting,
    /// How long the oldest delivery that may go out has been due.
    pub(super) overdue: Duration,
    pub(super) open_tickets: usize,
    pub(super) entries: usize,
    pub(super) health: Health,
}

impl Meter {
    pub(super) fn new() -> Self {
        let mut meter = Self {
            registry: Registry::with_prefix("deskbell"),
            heard: Family::default(),
            refused: Counter::default(),
            decisions: Family::default(),
            turn: Histogram::new(SECONDS),
            deliveries: Family::default(),
            errors: Family::default(),
            reloads: Family::default(),
            backups: Family::default(),
            standing: Standing::default(),
        };
        let registry = &mut meter.registry;
        let version = Family::<Label, Gauge>::default();
        version.get_or_create(&[("version", env!("CARGO_PKG_VERSION"))]).set(1);
        registry.register("build_info", "The version that runs", version);
        registry.register("heard", "What was heard and stored, by channel", meter.heard.clone());
        registry.register(
            "not_taken",
            "What was heard and left to the platform for later, because too much waited or the disk refused",
            meter.refused.clone(),
        );
        registry.register("decisions", "What the bot did, by channel and outcome", meter.decisions.clone());
        registry.register_with_unit(
            "turn_duration",
            "From hearing to having the whole turn on disk",
            Unit::Seconds,
            meter.turn.clone(),
        );
        registry.register("deliveries", "What came of deliveries, by channel", meter.deliveries.clone());
        registry.register("platform_errors", "Deliveries that failed, by reason", meter.errors.clone());
        registry.register("faq_reloads", "New versions of the FAQ, live or refused", meter.reloads.clone());
        registry.register("backups", "Hourly backups", meter.backups.clone());
        let standing = &meter.standing;
        registry.register("outbox_deliveries", "Deliveries that wait", standing.outbox.clone());
        registry.register_with_unit(
            "outbox_overdue",
            "How long the oldest delivery that may go out has been due",
            Unit::Seconds,
            standing.outbox_overdue.clone(),
        );
        registry.register("open_tickets", "Tickets that are open", standing.open_tickets.clone());
        registry.register("faq_entries", "Entries that are live", standing.entries.clone());
        registry.register("store_good", "1: the disk takes all; 0: it refuses", standing.store_good.clone());
        meter
    }

    /// Something was heard, and is stored.
    pub(super) fn heard(&self, channel: ChannelKind) {
        self.heard.get_or_create(&[("channel", channel.name())]).inc();
    }

    /// Something was heard, and the platform keeps it.
    pub(super) fn refused(&self) {
        self.refused.inc();
    }

    /// A turn is on disk.
    pub(super) fn turned(&self, counts: &[&'static str], channel: ChannelKind, took: Duration) {
        self.turn.observe(took.as_secs_f64());
        for outcome in counts {
            self.decisions.get_or_create(&[("channel", channel.name()), ("outcome", outcome)]).inc();
        }
    }

    /// Something was tried to be delivered.
    pub(super) fn delivered(&self, channel: ChannelKind, outcome: &Outcome) {
        let result = match outcome {
            Outcome::Delivered(_) => "delivered",
            Outcome::Again(_) => "again",
            Outcome::GivenUp => "given_up",
        };
        self.deliveries.get_or_create(&[("channel", channel.name()), ("result", result)]).inc();
    }

    /// A platform did not take a delivery.
    pub(super) fn failed(&self, channel: ChannelKind, error: &DeliverError) {
        let reason = match error {
            DeliverError::RetryAfter(_) => "rate_limited",
            DeliverError::Unreachable(_) => "unreachable",
            DeliverError::Gone => "gone",
            DeliverError::Refused(_) => "refused",
        };
        self.errors.get_or_create(&[("channel", channel.name()), ("reason", reason)]).inc();
    }

    /// A new version of the FAQ was read.
    pub(super) fn reloaded(&self, live: bool) {
        self.reloads.get_or_create(&[("result", if live { "live" } else { "refused" })]).inc();
    }

    /// A backup was made, or wasn't.
    pub(super) fn backed_up(&self, good: bool) {
        self.backups.get_or_create(&[("result", if good { "good" } else { "failed" })]).inc();
    }

    /// All of it in Prometheus' text format.
    pub(super) fn text(&self, now: &Now) -> Result<String, std::fmt::Error> {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let standing = &self.standing;
        standing.outbox.set(number(now.waiting.deliveries));
        standing.outbox_overdue.set(i64::try_from(now.overdue.as_secs()).unwrap_or(i64::MAX));
        standing.open_tickets.set(number(now.open_tickets));
        standing.entries.set(number(now.entries));
        standing.store_good.set(i64::from(now.health == Health::Good));
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

/// What of `turn` is counted as decided.
pub(super) fn decided(turn: &Turn) -> Vec<&'static str> {
    turn.actions
        .iter()
        .filter_map(|action| match action {
            Action::Count(Count::Answered(_)) => Some("answered"),
            Action::Count(Count::Clarified) => Some("asked_back"),
            Action::Count(Count::HandedOver(_)) => Some("handed_over"),
            Action::Count(Count::NotThis(_)) => Some("not_what_was_meant"),
            Action::Count(Count::Helped(_)) => Some("helped"),
            Action::Count(Count::Flooded) => Some("flooded"),
            Action::Count(Count::Asked | Count::Chosen(_) | Count::Closed | Count::Reopened)
            | Action::Deliver(_)
            | Action::NoteGap(_)
            | Action::SaveDraft(_)
            | Action::Erase => None,
        })
        .collect()
}
