//! Lets one content through at a time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use wire::ArticleId;

/// Lets the same content through once at a time, so that two copies dropped together are published once.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<HashMap<ArticleId, watch::Receiver<()>>>);

/// The right to be inside. Dropping it leaves.
pub(crate) struct Entered<'a> {
    gate: &'a Gate,
    id: ArticleId,
    /// Dropped last: wakes who waits.
    _leaving: watch::Sender<()>,
}

impl Gate {
    /// Waits until nobody with this id is inside, and enters.
    pub(crate) async fn enter(&self, id: ArticleId) -> Entered<'_> {
        loop {
            let mut inside = {
                let mut map = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(inside) = map.get(&id) {
                    inside.clone()
                } else {
                    let (leaving, inside) = watch::channel(());
                    map.insert(id, inside);
                    return Entered {
                        gate: self,
                        id,
                        _leaving: leaving,
                    };
                }
            };
            // Nothing is ever sent: this ends, with an error, when the one inside leaves.
            while inside.changed().await.is_ok() {}
        }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        let mut map = self.gate.0.lock().unwrap_or_else(PoisonError::into_inner);
        map.remove(&self.id);
    }
}
