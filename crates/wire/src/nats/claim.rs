//! The claim check: payloads over the limit of one message travel through the object store.
//!
//! The message then holds a [`Claim`] that names the object, and a header that says so. An object is named by the
//! digest of its bytes, so writing it twice is harmless. Objects are never deleted one by one: the bucket's
//! `max_age` is the garbage collection, so it must be at least that of the streams. A full bucket makes room as a
//! full stream does.

use std::time::Duration;

use async_nats::jetstream::object_store::{GetErrorKind, ObjectMetadata};
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;

use super::connection::Shared;
use crate::telemetry;

/// Marks a message whose payload is a [`Claim`].
pub(super) const CLAIM_HEADER: &str = "Slugline-Claim";

/// The schema of a claim.
pub(super) const CLAIM_SCHEMA: &str = "slugline-claim/1";

/// The largest piece of an object in bytes; the object store's own default.
const CHUNK: usize = 128 * 1024;

/// How long reading or writing one object may take. Generous: tens of MiB in pieces, each acknowledged.
const OBJECT_WITHIN: Duration = Duration::from_mins(1);

/// The largest object, as a share of the bucket: one article must not keep all the others out.
const LARGEST_SHARE: u64 = 4;

/// What an object takes in the bucket besides its bytes: one part in so many, for the headers of its pieces.
const OVERHEAD: u64 = 64;

/// What a message holds in place of an oversize payload.
#[derive(Debug, Serialize, Deserialize)]
struct Claim {
    schema: String,
    bucket: String,
    object: String,
    bytes: u64,
    /// BLAKE3 of the payload, in hex.
    blake3: String,
}

/// Why a claim could not be exchanged for its payload.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClaimError {
    #[error("the claim is not readable")]
    Unreadable(#[from] serde_json::Error),
    #[error("the object `{object}` is gone")]
    Gone { object: String },
    #[error("the object `{object}` does not have the digest that the claim states")]
    Corrupt { object: String },
    #[error("failed to {action} the object `{object}`: {reason}")]
    Store {
        action: &'static str,
        object: String,
        reason: String,
    },
}

impl Shared {
    /// Returns the largest payload in bytes that can be carried at all.
    pub(super) fn object_limit(&self) -> u64 {
        self.topology
            .payloads()
            .map_or(u64::MAX, |bucket| bucket.max_bytes / LARGEST_SHARE)
    }

    /// Moves the payload of a message into the object store and returns the claim that takes its place, in a message
    /// with a [`CLAIM_HEADER`].
    pub(super) async fn check_in(&self, payload: &Bytes) -> Result<Bytes, ClaimError> {
        let digest = blake3::hash(payload).to_hex().to_string();
        let object = format!("payload-{digest}");
        let store = |reason: String| ClaimError::Store {
            action: "write",
            object: object.clone(),
            reason,
        };
        let payloads = self.payloads().await.map_err(|error| store(error.to_string()))?;
        let metadata = ObjectMetadata {
            name: object.clone(),
            chunk_size: Some(CHUNK.min(self.payload_limit())),
            ..ObjectMetadata::default()
        };
        // Looked at before, because a put that fails halfway leaves its pieces behind.
        if !self.has_room(payload.len() as u64).await.map_err(store)? {
            return Err(store("the bucket is full".to_owned()));
        }
        let mut bytes: &[u8] = payload;
        tokio::time::timeout(OBJECT_WITHIN, payloads.put(metadata, &mut bytes))
            .await
            .map_err(|_| store("it took too long".to_owned()))?
            .map_err(|error| store(error.to_string()))?;
        telemetry::claim_checked();
        let claim = Claim {
            schema: CLAIM_SCHEMA.to_owned(),
            bucket: self.topology.bucket(),
            bytes: payload.len() as u64,
            blake3: digest,
            object,
        };
        Ok(serde_json::to_vec(&claim)?.into())
    }

    /// Returns whether the bucket takes an object of this size now.
    async fn has_room(&self, bytes: u64) -> Result<bool, String> {
        let Some(bucket) = self.topology.payloads() else {
            return Ok(true);
        };
        let stream = self.context.get_stream(&bucket.name).await;
        let stream = stream.map_err(|error| error.to_string())?;
        let used = stream.cached_info().state.bytes;
        Ok(used + bytes + bytes / OVERHEAD <= bucket.max_bytes)
    }

    /// Exchanges a claim for its payload.
    pub(super) async fn redeem(&self, claim: &[u8]) -> Result<Bytes, ClaimError> {
        let claim: Claim = serde_json::from_slice(claim)?;
        let object = &claim.object;
        let store = |reason: String| ClaimError::Store {
            action: "read",
            object: object.clone(),
            reason,
        };
        let payloads = self.payloads().await.map_err(|error| store(error.to_string()))?;
        let mut reader = payloads.get(object).await.map_err(|error| match error.kind() {
            GetErrorKind::NotFound => ClaimError::Gone {
                object: object.clone(),
            },
            _ => store(error.to_string()),
        })?;
        let mut payload = Vec::new();
        tokio::time::timeout(OBJECT_WITHIN, reader.read_to_end(&mut payload))
            .await
            .map_err(|_| store("it took too long".to_owned()))?
            .map_err(|error| store(error.to_string()))?;
        if blake3::hash(&payload).to_hex().as_str() != claim.blake3 {
            return Err(ClaimError::Corrupt {
                object: object.clone(),
            });
        }
        Ok(payload.into())
    }
}
