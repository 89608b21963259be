//! The metrics of the carriers, in one place. What the stages receive and send they count themselves, under names
//! after Vector's component specification; the carrier's own counts come beside it and are not to be added to it.
//!
//! | metric | labels | counts |
//! |---|---|---|
//! | `slugline_carrier_sent_total` | `channel` | messages handed to the carrier |
//! | `slugline_carrier_sent_bytes_total` | `channel` | their encoded payloads (NATS) |
//! | `slugline_carrier_received_total` | `channel` | deliveries handed out |
//! | `slugline_carrier_received_bytes_total` | `channel` | their payloads as received (NATS) |
//! | `slugline_component_errors_total` | `component_id` (`wire`) `error_type` `stage` | troubles with the broker |
//! | `slugline_component_discarded_events_total` | `component_id` (`wire`) `intentional` | entity and figure events that were not sent |
//! | `slugline_settlements_total` | `stage` `outcome` | settlements: `done`, `retry`, `reject` |
//! | `slugline_redelivered_total` | `stage` | deliveries that are not a first attempt |
//! | `slugline_duplicates_total` | `stage` | publishes that the server had already |
//! | `slugline_publish_retries_total` | `channel` `cause` | publishes repeated: `transient`, `full`, `permanent` |
//! | `slugline_publish_in_flight` | `channel` | gauge: publishes without acknowledgement, from the moment they hold a place (NATS) |
//! | `slugline_claim_checks_total` | | payloads moved to the object store |
//! | `slugline_dead_letters_total` | `stage` `reason` | messages given up |
//! | `slugline_nats_connected` | | gauge: 1 while connected to NATS |

use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::topology::Channel;
use crate::transport::{RejectionReason, Settlement};

/// Tells the installed recorder what each metric means. Without a recorder it does nothing.
pub fn describe() {
    describe_counter!("slugline_carrier_sent_total", "messages handed to the carrier");
    describe_counter!(
        "slugline_carrier_sent_bytes_total",
        "payload bytes handed to NATS"
    );
    describe_counter!("slugline_carrier_received_total", "deliveries handed out");
    describe_counter!(
        "slugline_carrier_received_bytes_total",
        "payload bytes received from NATS"
    );
    describe_counter!("slugline_component_errors_total", "troubles with the broker");
    describe_counter!(
        "slugline_component_discarded_events_total",
        "events that were not sent"
    );
    describe_counter!("slugline_settlements_total", "settlements by outcome");
    describe_counter!(
        "slugline_redelivered_total",
        "deliveries that are not a first attempt"
    );
    describe_counter!(
        "slugline_duplicates_total",
        "publishes that the server had already"
    );
    describe_counter!("slugline_publish_retries_total", "publishes repeated, by cause");
    describe_gauge!("slugline_publish_in_flight", "publishes without acknowledgement");
    describe_counter!(
        "slugline_claim_checks_total",
        "payloads moved to the object store"
    );
    describe_counter!("slugline_dead_letters_total", "messages given up, by reason");
    describe_gauge!("slugline_nats_connected", "1 while connected to NATS");
}

pub(crate) fn sent(channel: Channel) {
    counter!("slugline_carrier_sent_total", "channel" => channel.as_str()).increment(1);
}

pub(crate) fn sent_bytes(channel: Channel, bytes: usize) {
    counter!("slugline_carrier_sent_bytes_total", "channel" => channel.as_str()).increment(bytes as u64);
}

pub(crate) fn received(channel: Channel, attempt: u32) {
    counter!("slugline_carrier_received_total", "channel" => channel.as_str()).increment(1);
    if attempt > 1 {
        counter!("slugline_redelivered_total", "stage" => channel.stage()).increment(1);
    }
}

pub(crate) fn received_bytes(channel: Channel, bytes: usize) {
    counter!("slugline_carrier_received_bytes_total", "channel" => channel.as_str()).increment(bytes as u64);
}

pub(crate) fn error(error_type: &'static str) {
    counter!("slugline_component_errors_total", "component_id" => "wire", "error_type" => error_type, "stage" => "carrying").increment(1);
}

pub(crate) fn events_discarded(events: usize) {
    counter!("slugline_component_discarded_events_total", "component_id" => "wire", "intentional" => "false")
        .increment(events as u64);
}

pub(crate) fn settled(channel: Channel, settlement: &Settlement) {
    let outcome = match settlement {
        Settlement::Done => "done",
        Settlement::Retry { .. } => "retry",
        Settlement::Reject { .. } => "reject",
    };
    counter!("slugline_settlements_total", "stage" => channel.stage(), "outcome" => outcome).increment(1);
}

pub(crate) fn duplicate(channel: Channel) {
    counter!("slugline_duplicates_total", "stage" => channel.stage()).increment(1);
}

pub(crate) fn publish_retried(channel: Channel, cause: &'static str) {
    counter!("slugline_publish_retries_total", "channel" => channel.as_str(), "cause" => cause).increment(1);
}

pub(crate) fn publish_in_flight(channel: Channel, change: f64) {
    gauge!("slugline_publish_in_flight", "channel" => channel.as_str()).increment(change);
}

pub(crate) fn claim_checked() {
    counter!("slugline_claim_checks_total").increment(1);
}

pub(crate) fn dead_letter(stage: &'static str, reason: RejectionReason) {
    counter!("slugline_dead_letters_total", "stage" => stage, "reason" => reason.as_str()).increment(1);
}

pub(crate) fn connected(is_connected: bool) {
    gauge!("slugline_nats_connected").set(f64::from(u8::from(is_connected)));
}
