//! The sink from outside: the flow on a healthy disk, crashes, and disks that fail.

mod flow;
mod support;
