//! A terminal that a program runs in: what it draws, what is typed, and whether it is left as it was found.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::{PATIENCE, Process};

/// Switches back from the screen that full-screen programs draw on.
pub(crate) const LEAVES_SCREEN: &str = "\u{1b}[?1049l";

/// A pseudo-terminal.
#[derive(Debug)]
pub(crate) struct Terminal {
    /// The person's side.
    keyboard: File,
    /// The program's side.
    device: OwnedFd,
    path: String,
    picture: Arc<Picture>,
}

#[derive(Debug, Default)]
struct Picture {
    written: Mutex<Vec<u8>>,
    changed: Condvar,
}

impl Terminal {
    /// Returns a terminal of so many columns and rows.
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let keyboard =
            openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).expect("a terminal");
        grantpt(&keyboard).expect("is ours");
        unlockpt(&keyboard).expect("opens");
        let path = ptsname(&keyboard, Vec::new()).expect("has a name");
        let path = path.into_string().expect("is UTF-8");
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let device = rustix::fs::open(path.as_str(), flags, Mode::empty()).expect("opens");
        let keyboard = File::from(keyboard);
        let picture = Arc::new(Picture::default());
        let (mut screen, kept) = (keyboard.try_clone().expect("clones"), Arc::clone(&picture));
        // Ends by itself when the last program's side closes.
        thread::spawn(move || kept.follow(&mut screen));
        let terminal = Self {
            keyboard,
            device,
            path,
            picture,
        };
        terminal.resize(columns, rows);
        terminal
    }

    /// Starts a program that has this for its controlling terminal.
    pub(crate) fn spawn(&self, name: &str, command: &Command) -> Process {
        let open = || {
            File::options()
                .read(true)
                .write(true)
                .open(&self.path)
                .expect("opens")
        };
        let mut session = Command::new("setsid");
        session
            .arg("--ctty")
            .arg(command.get_program())
            .args(command.get_args());
        for (variable, value) in command.get_envs() {
            match value {
                Some(value) => session.env(variable, value),
                None => session.env_remove(variable),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            session.current_dir(folder);
        }
        session.env("TERM", "xterm-256color").stdin(open());
        Process::spawn_into(name, &mut session, open().into())
    }

    /// Changes the size, and tells the program.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize {
            ws_col: columns,
            ws_row: rows,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.keyboard, size).expect("is a terminal");
    }

    /// Types.
    pub(crate) fn type_keys(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).expect("is open");
    }

    /// Waits until `needle` is written, and forgets everything up to it.
    pub(crate) fn wait_for(&self, needle: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut written = self
            .picture
            .written
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        loop {
            let mut places = written.windows(needle.len());
            if let Some(place) = places.position(|bytes| bytes == needle.as_bytes()) {
                written.drain(..place + needle.len());
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let told = || {
                format!(
                    "no `{needle}` in {}",
                    String::from_utf8_lossy(&written).escape_debug()
                )
            };
            assert!(!left.is_zero(), "{}", told());
            let waited = self.picture.changed.wait_timeout(written, left);
            written = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Returns whether lines are edited and keys shown, as a shell needs it.
    pub(crate) fn is_usable(&self) -> bool {
        let modes = tcgetattr(&self.device).expect("is a terminal").local_modes;
        modes.contains(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG)
    }
}

impl Picture {
    fn follow(&self, screen: &mut File) {
        let mut piece = [0; 4096];
        while let Ok(length @ 1..) = screen.read(&mut piece) {
            let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
            written.extend_from_slice(&piece[..length]);
            self.changed.notify_all();
        }
    }
}
