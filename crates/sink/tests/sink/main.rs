//! The sink from outside: the flow on a healthy disk, folders in any state, crashes, and disks that fail.

mod crash;
mod failing_disk;
mod flow;
mod folder;
mod support;
