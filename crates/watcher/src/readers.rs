//! The threads that read and decode files.
//!
//! They stay, and under load take one job after the other without going to sleep in between.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

type Job = Box<dyn FnOnce() + Send>;

/// The job panicked.
#[derive(Debug, thiserror::Error)]
#[error("reading panicked")]
pub(crate) struct Panicked;

/// The way to the threads, which end when it is dropped and the jobs are done.
#[derive(Debug)]
pub(crate) struct Readers {
    jobs: mpsc::Sender<Job>,
    _threads: JoinSet<()>,
}

impl Readers {
    /// Starts as many threads, one or more; as many jobs may wait for them.
    pub(crate) fn start(count: usize) -> Self {
        let count = count.max(1);
        let (jobs, queue) = mpsc::channel(count);
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = JoinSet::new();
        for _ in 0..count {
            let queue = Arc::clone(&queue);
            threads.spawn_blocking(move || {
                while let Some(job) = next(&queue) {
                    job();
                }
            });
        }
        Self {
            jobs,
            _threads: threads,
        }
    }

    /// Runs a job on one of the threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (answer, result) = oneshot::channel();
        let job = move || {
            let done = catch_unwind(AssertUnwindSafe(job));
            // Nobody waits any more when the process is being stopped by force.
            drop(answer.send(done.map_err(|_| Panicked)));
        };
        self.jobs.send(Box::new(job)).await.map_err(|_| Panicked)?;
        result.await.map_err(|_| Panicked)?
    }
}

/// Returns the next job. Only one thread waits for it, the others wait for that one.
fn next(queue: &Mutex<mpsc::Receiver<Job>>) -> Option<Job> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .blocking_recv()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_its_job_and_no_thread() {
        let readers = Readers::start(1);
        for n in 0..3 {
            assert!(readers.run(|| panic!("on purpose")).await.is_err());
            assert_eq!(readers.run(move || n).await.expect("works"), n);
        }
    }
}
