//! A way between two servers that can be cut and mended.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::Error;

/// Passes on what is sent to its port. Its thread and port live as long as the process that tests.
#[derive(Debug)]
pub(crate) struct Link {
    port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    is_cut: bool,
    /// Both ends of every connection that was passed on.
    open: Vec<TcpStream>,
}

impl Link {
    /// Opens a way to a port on this machine.
    pub(crate) fn to(target: u16) -> Result<Self, Error> {
        let io = Error::io("open", "a way between servers");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io)?;
        let io = Error::io("read", "the port of a way between servers");
        let port = listener.local_addr().map_err(io)?.port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // Fails while the server is down: the caller sees a closed connection, and tries again.
                let _passed = pass_on(client, target, &shared);
            }
        });
        Ok(Self { port, state })
    }

    /// Returns the port at the near end.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Breaks every connection; new ones are broken at once.
    pub(crate) fn cut(&self) {
        let mut state = lock(&self.state);
        state.is_cut = true;
        for stream in state.open.drain(..) {
            // Fails only if it is broken already.
            let _broken = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets connections through again.
    pub(crate) fn mend(&self) {
        lock(&self.state).is_cut = false;
    }
}

fn pass_on(client: TcpStream, target: u16, state: &Mutex<State>) -> io::Result<()> {
    // Held over the connecting, so that no connection slips through while the way is being cut.
    let mut state = lock(state);
    if state.is_cut {
        return client.shutdown(Shutdown::Both);
    }
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target))?;
    for (from, to) in [(&client, &server), (&server, &client)] {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || copy(from, &to));
    }
    state.open.extend([client, server]);
    Ok(())
}

fn copy(mut from: TcpStream, mut to: &TcpStream) {
    // Ends with the connection, in whatever way that ends.
    let _copied = io::copy(&mut from, &mut to);
    let _broken = from.shutdown(Shutdown::Both);
    let _broken = to.shutdown(Shutdown::Both);
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
