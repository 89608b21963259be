//! One connection to NATS, and the ends made from it.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::object_store::ObjectStore;
use async_nats::{Client, ConnectErrorKind, Event};
use tokio::sync::{OnceCell, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::doubt::Doubt;
use super::room::Room;
use super::said::Said;
use super::{Config, Error, Events, backoff};
use crate::telemetry;
use crate::topology::{Applied, Channel, Drift, Topology, TopologyError};
use crate::transport::{self, Message};

/// The oldest server that is accepted: major and minor version.
pub const OLDEST_SERVER: (i64, i64) = (2, 10);

/// How long to wait for a cluster that is starting, or has just lost a node, to elect who leads a stream.
const ELECTED_WITHIN: Duration = Duration::from_secs(30);

/// How long [`Connection::close`] waits for what is under way.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// A connection to NATS. Cheap to clone; all clones share one connection.
#[derive(Clone)]
pub struct Connection(Arc<Shared>);

pub(super) struct Shared {
    pub(super) client: Client,
    pub(super) context: Context,
    pub(super) config: Config,
    pub(super) topology: Topology,
    /// Counts how often the connection was made.
    pub(super) connected: watch::Receiver<u64>,
    /// What publishers and consumers do in the background.
    pub(super) tasks: TaskTracker,
    pub(super) closing: CancellationToken,
    pub(super) room: Room,
    pub(super) doubt: Doubt,
    payloads: OnceCell<ObjectStore>,
}

/// How far the consumer of a channel has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Messages in the stream that were not delivered yet.
    pub waiting: u64,
    /// Deliveries that are not settled yet, those waiting for a retry included.
    pub unsettled: u64,
    /// Every message up to this stream sequence is settled.
    pub ack_floor: u64,
    /// How many deliveries there were, repeated ones included.
    pub deliveries: u64,
}

impl Pending {
    /// Returns whether everything that is in the stream has been settled.
    pub fn is_caught_up(&self) -> bool {
        self.waiting == 0 && self.unsettled == 0
    }
}

impl Connection {
    /// Connects, and checks that the server is 2.10 or newer and has JetStream.
    ///
    /// A server that cannot be reached is tried again for [`Config::connect_within`]; later the connection is
    /// remade for ever.
    pub async fn connect(config: Config) -> Result<Self, Error> {
        let (made, mut connected) = watch::channel(0);
        let client = Box::pin(reach(&config, Arc::new(made))).await?;
        // The news of the first connection must not look like that of a second one to whoever starts now.
        let first = connected.wait_for(|count| *count > 0);
        if tokio::time::timeout(config.request_timeout, first).await.is_err() {
            tracing::debug!("the client did not report its connection");
        }
        let servers = config.shown_servers();
        if !client.is_server_compatible(OLDEST_SERVER.0, OLDEST_SERVER.1, 0) {
            return Err(Error::ServerTooOld {
                servers,
                version: client.server_info().version,
            });
        }
        let context = ContextBuilder::new()
            .timeout(config.request_timeout)
            .build(client.clone());
        if let Err(error) = context.query_account().await {
            return Err(Error::NoJetStream {
                servers,
                source: Box::new(Said(error)),
            });
        }
        let topology = Topology::new(&config.topology);
        Ok(Self(Arc::new(Shared {
            client,
            context,
            config,
            topology,
            connected,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            room: Room::default(),
            doubt: Doubt::default(),
            payloads: OnceCell::new(),
        })))
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.0
    }

    /// Returns the topology that this connection works with.
    pub fn topology(&self) -> &Topology {
        &self.0.topology
    }

    /// Returns the version that the server states.
    pub fn server_version(&self) -> String {
        self.0.client.server_info().version
    }

    /// Returns the JetStream context, for operating tools.
    pub fn context(&self) -> &Context {
        &self.0.context
    }

    /// Returns whether the connection is up at this moment.
    pub fn is_connected(&self) -> bool {
        self.0.is_connected()
    }

    /// Creates what is missing on the server; see [`Topology::apply`].
    ///
    /// A cluster that has not elected its leaders yet is asked again for a while.
    pub async fn apply(&self, update: bool) -> Result<Applied, Error> {
        self.0
            .patiently(async || Ok(self.0.topology.apply(&self.0.context, update).await?))
            .await
    }

    /// Compares the server with the topology; see [`Topology::verify`].
    pub async fn verify(&self) -> Result<Vec<Drift>, Error> {
        self.0
            .patiently(async || Ok(self.0.topology.verify(&self.0.context).await?))
            .await
    }

    /// Returns the end that messages go into.
    pub fn publisher<T: Message>(&self) -> transport::Publisher<T> {
        transport::Publisher::nats(super::Publisher::new(Arc::clone(&self.0)))
    }

    /// Returns the end that messages come out of. Several consumers, in one process or many, share the work.
    ///
    /// Fails where the durable consumer is missing or differs from the topology.
    pub async fn consumer<T: Message>(&self) -> Result<transport::Consumer<T>, Error> {
        let open = async || super::Consumer::open(Arc::clone(&self.0)).await;
        Ok(transport::Consumer::nats(self.0.patiently(open).await?))
    }

    /// Returns the way to send small events that nobody acknowledges.
    pub fn events(&self) -> Events {
        Events::new(Arc::clone(&self.0))
    }

    /// Returns how far the consumer of a channel has come.
    pub async fn pending(&self, channel: Channel) -> Result<Pending, Error> {
        let spec = self.0.consumer_spec(channel);
        let info = spec.read(&self.0.context).await?.ok_or_else(|| {
            TopologyError::Drifted(vec![Drift::Missing {
                object: format!("consumer {} on {}", spec.name, spec.stream),
            }])
        })?;
        Ok(Pending {
            waiting: info.num_pending,
            unsettled: info.num_ack_pending as u64,
            ack_floor: info.ack_floor.stream_sequence,
            deliveries: info.delivered.consumer_sequence,
        })
    }

    /// Stops what runs in the background, sends what is still buffered and closes. Call it when the stages have
    /// ended: receipts that are still out resolve as closed.
    pub async fn close(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        let finish = async {
            self.0.tasks.wait().await;
            if let Err(error) = self.0.client.flush().await {
                tracing::warn!(%error, "failed to flush the connection");
            }
            if let Err(error) = self.0.client.drain().await {
                tracing::debug!(%error, "failed to drain the connection");
            }
        };
        if tokio::time::timeout(CLOSE_WITHIN, finish).await.is_err() {
            tracing::warn!("the connection did not close in time");
        }
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

impl Shared {
    pub(super) fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }

    pub(super) fn consumer_spec(&self, channel: Channel) -> &crate::topology::ConsumerSpec {
        self.topology
            .consumer(channel)
            .expect("the topology has a consumer for every channel")
    }

    /// Returns how many deliveries a consumer of a channel holds ready.
    pub(super) fn prefetch(&self, channel: Channel) -> usize {
        let prefetch = self.config.prefetch.max(1);
        match channel {
            Channel::Articles => prefetch,
            // One sink takes them all, as fast as they come.
            Channel::Enriched => 4 * prefetch,
        }
    }

    /// Returns the bucket for payloads over the limit of one message.
    pub(super) async fn payloads(
        &self,
    ) -> Result<&ObjectStore, async_nats::jetstream::context::ObjectStoreError> {
        let bucket = self.topology.bucket();
        self.payloads
            .get_or_try_init(|| self.context.get_object_store(bucket))
            .await
    }

    /// Asks again while the server does not answer, or says that it will soon.
    async fn patiently<T>(&self, ask: impl AsyncFn() -> Result<T, Error>) -> Result<T, Error> {
        let deadline = Instant::now() + self.config.connect_within.max(ELECTED_WITHIN);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let error = match ask().await {
                Err(error) if error.is_transient() && Instant::now() < deadline => error,
                outcome => return outcome,
            };
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the streams cannot be read yet"
            );
            let pause = backoff(attempt, Duration::from_millis(100), Duration::from_secs(2));
            if !self.pause(pause).await {
                return Err(error);
            }
        }
    }

    /// Returns how often the connection was made.
    pub(super) fn generation(&self) -> u64 {
        *self.connected.borrow()
    }

    /// Waits until the connection was made once more, from now on.
    pub(super) fn next_connection(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut connected = self.connected.clone();
        connected.mark_unchanged();
        async move {
            if connected.changed().await.is_err() {
                // The client is gone: there will be none.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Waits for `pause`, or less when the connection comes back meanwhile. Returns false when closing.
    pub(super) async fn pause(&self, pause: Duration) -> bool {
        let reconnected = self.next_connection();
        tokio::select! {
            biased;
            // Shutting down: nobody needs the next try.
            () = self.closing.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
            // The server is back: no reason to wait any longer.
            () = reconnected => true,
        }
    }
}

/// Connects, trying again while the server cannot be reached.
pub(super) async fn reach(config: &Config, made: Arc<watch::Sender<u64>>) -> Result<Client, Error> {
    let deadline = Instant::now() + config.connect_within;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let made = Arc::clone(&made);
        let options = config.options().await?.event_callback(move |event| {
            note(&event, &made);
            std::future::ready(())
        });
        let source = match options.connect(&config.servers).await {
            Ok(client) => return Ok(client),
            Err(source) => source,
        };
        let pause = backoff(attempt, Duration::from_millis(100), Duration::from_secs(2));
        let transient = matches!(
            source.kind(),
            ConnectErrorKind::Dns | ConnectErrorKind::Io | ConnectErrorKind::TimedOut
        );
        let servers = config.shown_servers();
        if !transient || Instant::now() + pause >= deadline {
            return Err(Error::Connect {
                servers,
                source: Said(source),
            });
        }
        tracing::warn!(%servers, error = %source, "failed to connect to NATS, trying again");
        tokio::time::sleep(pause).await;
    }
}

fn note(event: &Event, made: &watch::Sender<u64>) {
    match event {
        Event::Connected => {
            made.send_modify(|count| *count += 1);
            telemetry::connected(true);
            tracing::info!("connected to NATS");
        }
        Event::Disconnected | Event::Closed => {
            telemetry::connected(false);
            tracing::info!(%event, "the connection to NATS");
        }
        Event::LameDuckMode => tracing::warn!(%event, "the connection to NATS"),
        Event::Draining => tracing::debug!(%event, "the connection to NATS"),
        Event::SlowConsumer(_) | Event::ServerError(_) | Event::ClientError(_) => {
            telemetry::error("connection_failed");
            tracing::warn!(%event, "the connection to NATS");
        }
    }
}
