//! What only the NATS carrier promises.
