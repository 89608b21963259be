//! Where the servers are and how to talk to them. Secrets never show in `Debug`.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::ConnectOptions;

use super::Error;
use crate::topology;

/// How to reach NATS and how much to have under way.
#[derive(Clone)]
pub struct Config {
    /// Addresses such as `nats://host:4222`; any one of them is enough. Default: the local server.
    pub servers: Vec<String>,
    /// Name of this process in the server's connection list. Default `slugline`.
    pub name: String,
    /// Who we are.
    pub auth: Auth,
    /// How the connection is secured.
    pub tls: Tls,
    /// First part of reply subjects, for accounts whose users may each subscribe only to their own; `_INBOX`
    /// where `None`.
    pub inbox_prefix: Option<String>,
    /// The streams, subjects and bounds.
    pub topology: topology::Settings,
    /// How long to keep trying to reach a server at start. Default 10 s. Longer waits for a server that starts at
    /// the same time; shorter tells a wrong address sooner.
    pub connect_within: Duration,
    /// How often the connection is probed. Default 10 s; dead after two probes without an answer. Shorter notices
    /// a dead server sooner; longer survives longer pauses of the network.
    pub ping_interval: Duration,
    /// How long to wait for one answer of the server before asking again. Default 5 s. Longer is calmer on an
    /// overloaded server; shorter recovers faster from a lost answer.
    pub request_timeout: Duration,
    /// How many publishes of one publisher may await their acknowledgement (1 or more). Default 256. Higher hides
    /// a slow disk or network; lower bounds memory (that many encoded messages).
    pub max_in_flight: usize,
    /// How many articles an enricher holds ready (1 or more); a sink, which shares with nobody, four times as many
    /// records. Default 32. Higher hides the round trip to a far server; lower leaves more for the other workers, redelivers
    /// less after a crash and holds less in memory, where a message may have a megabyte.
    pub prefetch: usize,
    /// How often the server shows a sign of life to an idle consumer. Default 5 s; two missed ones and the
    /// consumer reopens. Must be under half of `expires`.
    pub heartbeat: Duration,
    /// How long the server holds one pull request. Default 30 s. Longer costs fewer requests when idle; shorter
    /// forgets vanished consumers sooner.
    pub expires: Duration,
    /// Whether a publisher that finds a stream full may purge from it what every consumer has settled. Default
    /// true. With false, a stream that has reached its size accepts nothing until messages reach their age.
    pub reclaim: bool,
}

/// Who we are to the server.
#[derive(Debug, Clone, Default)]
pub enum Auth {
    /// Nobody in particular, or as the address says.
    #[default]
    None,
    /// A `.creds` file (JWT and seed).
    CredentialsFile(PathBuf),
    /// A file that holds an nkey seed.
    NkeyFile(PathBuf),
    /// A user and a password.
    User {
        /// Name of the user.
        name: String,
        /// The password.
        password: Secret,
    },
    /// A token.
    Token(Secret),
}

/// A secret, given directly or in a file (surrounding white space is ignored).
#[derive(Clone)]
pub enum Secret {
    /// The secret itself.
    Value(String),
    /// The file that holds it.
    File(PathBuf),
}

/// How the connection is secured.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Refuse a connection without TLS.
    pub required: bool,
    /// Start TLS before the server's greeting; needs `handshake_first` on the server.
    pub first: bool,
    /// PEM file of certificate authorities to trust besides those of the system.
    pub ca_file: Option<PathBuf>,
    /// PEM files of our own certificate and its key.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            servers: vec!["nats://127.0.0.1:4222".to_owned()],
            name: "slugline".to_owned(),
            auth: Auth::None,
            tls: Tls::default(),
            inbox_prefix: None,
            topology: topology::Settings::default(),
            connect_within: Duration::from_secs(10),
            ping_interval: Duration::from_secs(10),
            request_timeout: Duration::from_secs(5),
            max_in_flight: 256,
            prefetch: 32,
            heartbeat: Duration::from_secs(5),
            expires: Duration::from_secs(30),
            reclaim: true,
        }
    }
}

impl Config {
    /// Returns the default configuration for the servers in `urls`, separated by commas.
    pub fn for_url(urls: &str) -> Self {
        Self {
            servers: urls.split(',').map(|url| url.trim().to_owned()).collect(),
            ..Self::default()
        }
    }

    /// Returns the addresses without user and password.
    pub fn shown_servers(&self) -> String {
        let shown: Vec<String> = self
            .servers
            .iter()
            .map(|server| without_secrets(server))
            .collect();
        shown.join(",")
    }

    pub(super) async fn options(&self) -> Result<ConnectOptions, Error> {
        let mut options = ConnectOptions::new()
            .name(&self.name)
            .ping_interval(self.ping_interval)
            .connection_timeout(self.request_timeout)
            .request_timeout(Some(self.request_timeout))
            .reconnect_delay_callback(|attempt| {
                let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
                super::backoff(attempt, Duration::from_millis(100), Duration::from_secs(4))
            });
        if let Some(prefix) = &self.inbox_prefix {
            options = options.custom_inbox_prefix(prefix);
        }
        if self.tls.required || self.tls.first {
            options = options.require_tls(true);
        }
        if self.tls.first {
            options = options.tls_first();
        }
        if let Some(ca_file) = &self.tls.ca_file {
            options = options.add_root_certificates(ca_file.clone());
        }
        if let Some((certificate, key)) = &self.tls.certificate {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        self.auth.add_to(options).await
    }
}

impl Auth {
    async fn add_to(&self, options: ConnectOptions) -> Result<ConnectOptions, Error> {
        Ok(match self {
            Self::None => options,
            Self::CredentialsFile(path) => {
                options
                    .credentials_file(path)
                    .await
                    .map_err(|source| Error::File {
                        path: path.display().to_string(),
                        source,
                    })?
            }
            Self::NkeyFile(path) => options.nkey(read_secret(path).await?),
            Self::User { name, password } => {
                options.user_and_password(name.clone(), password.reveal().await?)
            }
            Self::Token(token) => options.token(token.reveal().await?),
        })
    }
}

impl Secret {
    async fn reveal(&self) -> Result<String, Error> {
        match self {
            Self::Value(value) => Ok(value.clone()),
            Self::File(path) => read_secret(path).await,
        }
    }
}

async fn read_secret(path: &PathBuf) -> Result<String, Error> {
    let text = tokio::fs::read_to_string(path)
        .await
        .map_err(|source| Error::File {
            path: path.display().to_string(),
            source,
        })?;
    Ok(text.trim().to_owned())
}

/// Returns an address with `user:password@` replaced by `***@`.
fn without_secrets(server: &str) -> String {
    let (scheme, rest) = server
        .split_once("://")
        .map_or(("", server), |(scheme, rest)| (scheme, rest));
    let host = match rest.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => rest.to_owned(),
    };
    if scheme.is_empty() {
        host
    } else {
        format!("{scheme}://{host}")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(_) => f.write_str("Value(***)"),
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("servers", &self.shown_servers())
            .field("name", &self.name)
            .field("auth", &self.auth)
            .field("tls", &self.tls)
            .field("inbox_prefix", &self.inbox_prefix)
            .field("topology", &self.topology)
            .field("max_in_flight", &self.max_in_flight)
            .field("prefetch", &self.prefetch)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_never_show() {
        let config = Config {
            servers: vec!["nats://bob:hunter2@example.org:4222".to_owned()],
            auth: Auth::User {
                name: "bob".to_owned(),
                password: Secret::Value("hunter2".to_owned()),
            },
            ..Config::default()
        };
        let shown = format!("{config:?} {}", config.shown_servers());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("nats://***@example.org:4222"), "{shown}");
    }

    #[test]
    fn several_servers_are_separated_by_commas() {
        assert_eq!(
            Config::for_url("nats://a:1, nats://b:2").servers,
            ["nats://a:1", "nats://b:2"]
        );
    }
}
