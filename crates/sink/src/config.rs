//! What can be set about the sink.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::Error;

/// Highest [`Config::batch_lines`].
pub const MAX_BATCH_LINES: usize = 4096;

/// What can be set about the sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The folder that parts are written to; created if absent. One sink at a time.
    pub out: PathBuf,
    /// Most lines in a batch (1 to [`MAX_BATCH_LINES`]). Too low: a sync for every few lines; too high: a longer
    /// wait until the first line of a batch is settled. The carrier must let twice as many deliveries be in
    /// flight, or every batch waits for [`batch_wait`](Self::batch_wait).
    pub batch_lines: usize,
    /// About how many bytes of article text are held in a batch (1 or more). Too low: a sync for every few large
    /// articles; too high: memory, about four times as much.
    pub batch_bytes: usize,
    /// Longest time a line waits for others to share its sync. Too low: a sync for every few lines when little
    /// arrives; too high: lines appear late.
    pub batch_wait: Duration,
    /// Size at which a part is finished; 0: never. Only a batch that is larger by itself makes a larger part.
    /// Too low: many files; too high: readers of finished parts wait, and a start after the loss of the
    /// checkpoint takes longer (about a second per GB).
    pub roll_bytes: u64,
    /// Age at which a part is finished; zero: never.
    pub roll_age: Duration,
    /// How long after its last line a part is finished; zero: never.
    pub roll_idle: Duration,
    /// Whether finished parts are compressed with zstd, in the background. Includes those that earlier runs left
    /// uncompressed.
    pub compress: bool,
    /// How long the lines of parts that were moved out of the folder stay known to later runs. With zero the parts
    /// in the folder are the whole truth: remove one and its articles may be written again. Set it to longer than
    /// the carrier may redeliver where another program moves finished parts away. Too high: memory, 20 to 40 bytes
    /// per line.
    pub remember: Duration,
}

impl Config {
    /// Returns the defaults for a folder.
    pub fn new(out: impl Into<PathBuf>) -> Self {
        Self {
            out: out.into(),
            batch_lines: 256,
            batch_bytes: 8 << 20,
            batch_wait: Duration::from_millis(20),
            roll_bytes: 256 << 20,
            roll_age: Duration::from_hours(1),
            roll_idle: Duration::from_mins(5),
            compress: false,
            remember: Duration::ZERO,
        }
    }

    /// Checks that the values make sense together. No I/O.
    pub fn validate(&self) -> Result<(), Error> {
        if self.out.as_os_str().is_empty() {
            return Err(Error::Config("`out` must name a folder"));
        }
        if self.batch_lines == 0 || self.batch_lines > MAX_BATCH_LINES {
            return Err(Error::Config("`batch_lines` must be 1 to 4096"));
        }
        if self.batch_bytes == 0 {
            return Err(Error::Config("`batch_bytes` must be 1 or more"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_cannot_work() {
        let good = Config::new("out");
        good.validate().expect("defaults are valid");
        for bad in [
            Config::new(""),
            Config {
                batch_lines: 0,
                ..good.clone()
            },
            Config {
                batch_lines: MAX_BATCH_LINES + 1,
                ..good.clone()
            },
            Config {
                batch_bytes: 0,
                ..good.clone()
            },
        ] {
            assert!(bad.validate().is_err(), "{bad:?}");
        }
    }
}
