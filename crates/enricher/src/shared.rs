//! The engine in use, which can be replaced while workers run.

use std::sync::{Arc, PoisonError, RwLock};

use crate::engine::Engine;

/// A handle to the engine in use. Cheap to clone; every clone sees a replacement at its next article.
#[derive(Debug, Clone)]
pub struct SharedEngine(Arc<RwLock<Arc<Engine>>>);

impl SharedEngine {
    /// Returns a handle to this engine.
    pub fn new(engine: Engine) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(engine))))
    }

    /// Returns the engine to use for the next article.
    pub fn current(&self) -> Arc<Engine> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another engine in its place. Articles being analysed finish with the old one.
    pub fn replace(&self, engine: Engine) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(engine);
    }
}
