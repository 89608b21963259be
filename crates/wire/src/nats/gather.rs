//! Taking what comes together: one by one while there is little, a moment's worth at a time under load.
//!
//! Whoever hands messages to the server one by one wakes it, and is woken by its answer, for each. That is most of
//! what a small message costs.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

/// When groups follow each other within this time, there is load.
const LOAD: Duration = Duration::from_millis(20);

/// The receiving end of a queue whose items are worked on in groups.
#[derive(Debug)]
pub(super) struct Gather<T> {
    queue: mpsc::Receiver<T>,
    most: usize,
    linger: Duration,
    last: Option<Instant>,
    /// The group that is being gathered, and until when.
    group: Vec<T>,
    until: Option<Instant>,
}

impl<T> Gather<T> {
    /// Returns a queue and its receiving end. Groups have up to `most` items, and as many may wait; under load a group
    /// waits for `linger`: longer saves wakeups, shorter answers sooner.
    pub(super) fn new(most: usize, linger: Duration) -> (mpsc::Sender<T>, Self) {
        let (sender, queue) = mpsc::channel(most);
        let gather = Self {
            queue,
            most,
            linger,
            last: None,
            group: Vec::new(),
            until: None,
        };
        (sender, gather)
    }

    /// Returns the next group; an empty one when every sender is gone. Cancel safe.
    pub(super) async fn next(&mut self) -> Vec<T> {
        if self.group.is_empty() && self.queue.recv_many(&mut self.group, self.most).await > 0 {
            let is_load = self.last.is_some_and(|last| last.elapsed() < LOAD);
            let lingers = is_load && self.group.len() < self.most;
            self.until = lingers.then(|| Instant::now() + self.linger);
        }
        if let Some(until) = self.until {
            sleep_until(until).await;
            while self.group.len() < self.most
                && let Ok(item) = self.queue.try_recv()
            {
                self.group.push(item);
            }
        }
        self.last = Some(Instant::now());
        std::mem::take(&mut self.group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn under_load_items_come_in_groups() {
        let (sender, mut gather) = Gather::new(4, Duration::from_millis(3));
        let feed = async {
            sender.send(1).await.expect("there is room");
            for item in 2..=9 {
                tokio::time::sleep(Duration::from_millis(2)).await;
                sender.send(item).await.expect("there is room");
            }
            drop(sender);
        };
        let take = async {
            let mut groups = Vec::new();
            loop {
                let group = gather.next().await;
                if group.is_empty() {
                    return groups;
                }
                groups.push(group);
            }
        };
        let ((), groups) = tokio::join!(feed, take);
        assert_eq!(groups[0], [1], "the first is not kept waiting");
        assert!(
            groups.len() < 9 && groups.iter().all(|group| group.len() <= 4),
            "{groups:?}"
        );
        assert_eq!(
            groups.concat(),
            (1..=9).collect::<Vec<_>>(),
            "in order, each once"
        );
    }
}
