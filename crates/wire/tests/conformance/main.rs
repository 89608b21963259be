//! One suite for both carriers: what [`wire::transport`] promises, on the embedded carrier and on a real NATS
//! server, and then what only NATS promises.

mod faults;
mod model;
mod nats;
mod rig;
mod suite;
