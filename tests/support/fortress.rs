//! A broker as `deploy/nats` sets it up: TLS, one account, one user per role.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use async_nats::{Client, ConnectOptions, Event};
use data_encoding::BASE64URL_NOPAD;
use nats_harness::{Options, Server};
use nkeys::KeyPair;
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer};
use serde_json::{Value, json};

use super::{Sandbox, workspace};

const ROLES: [&str; 6] = ["watcher", "enricher", "sink", "subscriber", "operator", "system"];

/// The broker, and what its users need to know.
#[derive(Debug)]
pub(crate) struct Fortress<'a> {
    sandbox: &'a Sandbox,
    server: Server,
}

impl<'a> Fortress<'a> {
    /// Makes certificates and passwords, and starts the broker.
    pub(crate) fn build(sandbox: &'a Sandbox) -> Self {
        let folder = sandbox.path("secrets");
        fs::create_dir(&folder).expect("a folder");
        make_certificates(sandbox);
        let mut config = String::new();
        for role in ROLES {
            let password = format!("s{:032x}", fastrand::u128(..));
            fs::write(folder.join(role), format!("{password}\n")).expect("writes");
            writeln!(
                config,
                "SLUGLINE_{}_PASSWORD: \"{password}\"",
                role.to_uppercase()
            )
            .expect("is in memory");
        }
        for file in ["accounts.conf", "tls.conf"] {
            let text = fs::read_to_string(workspace().join("deploy/nats").join(file)).expect("is there");
            config.push_str(&text.replace("/etc/nats/tls", &folder.display().to_string()));
        }
        let server = Server::start_with(options(config)).expect("a NATS server");
        Self { sandbox, server }
    }

    /// Returns `slugline` as the user of a role, set up by the environment alone.
    pub(crate) fn slugline<const N: usize>(&self, role: &str, arguments: [&str; N]) -> Command {
        let mut command = self.sandbox.slugline(arguments);
        command
            .env("SLUGLINE_NATS_URL", self.url())
            .env("SLUGLINE_NATS_USER", role)
            .env("SLUGLINE_NATS_PASSWORD_FILE", self.secret(role))
            .env("SLUGLINE_NATS_TLS_CA", self.authority())
            .env("SLUGLINE_NATS_INBOX_PREFIX", format!("_INBOX_{role}"));
        command
    }

    /// Connects as the user of a role, with another client than ours.
    pub(crate) async fn connect(
        &self,
        role: &str,
        note: impl Fn(Event) + Clone + Send + Sync + 'static,
    ) -> Client {
        ConnectOptions::new()
            .user_and_password(role.to_owned(), self.password(role))
            .add_root_certificates(self.authority())
            .custom_inbox_prefix(format!("_INBOX_{role}"))
            .event_callback(move |event| {
                note(event);
                std::future::ready(())
            })
            .connect(self.url())
            .await
            .expect("connects")
    }

    /// Returns where the certificate of the authority is.
    pub(crate) fn authority(&self) -> PathBuf {
        self.secret("ca.pem")
    }

    /// Returns every password.
    pub(crate) fn secrets(&self) -> Vec<String> {
        ROLES.into_iter().map(|role| self.password(role)).collect()
    }

    fn url(&self) -> String {
        format!("tls://127.0.0.1:{}", self.server.port())
    }

    fn secret(&self, name: &str) -> PathBuf {
        self.sandbox.path("secrets").join(name)
    }

    fn password(&self, role: &str) -> String {
        let password = fs::read_to_string(self.secret(role)).expect("is there");
        password.trim().to_owned()
    }
}

/// Returns options with these further lines of configuration.
pub(crate) fn options(config: String) -> Options {
    Options {
        config,
        ..Options::default()
    }
}

/// Makes an authority and a server's certificate from it.
fn make_certificates(sandbox: &Sandbox) {
    let write = |name: &str, text: String| {
        fs::write(sandbox.path("secrets").join(name), text).expect("writes");
    };
    let key = || rcgen::KeyPair::generate().expect("a key");
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = key();
    write(
        "ca.pem",
        authority.self_signed(&authority_key).expect("signs").pem(),
    );
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let mut server = CertificateParams::new(names).expect("are names");
    server
        .extended_key_usages
        .push(ExtendedKeyUsagePurpose::ServerAuth);
    let server_key = key();
    let issuer = Issuer::new(authority, authority_key);
    let certificate = server.signed_by(&server_key, &issuer).expect("signs");
    write("server.pem", certificate.pem());
    write("server.key", server_key.serialize_pem());
}

/// Returns the configuration of a server whose users carry signed credentials, and the credentials of one of them.
pub(crate) fn credentials() -> (String, String) {
    let (operator, user) = (KeyPair::new_operator(), KeyPair::new_user());
    let (account, system) = (KeyPair::new_account(), KeyPair::new_account());
    let limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1,
        "leaf": -1, "mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1,
    });
    let system_limits = json!({
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1,
        "leaf": -1,
    });
    let of_account = |limits: &Value| json!({"type": "account", "version": 2, "limits": limits});
    let config = format!(
        "operator: {}\nsystem_account: {}\nresolver: MEMORY\nresolver_preload: {{\n  {}: {}\n  {}: {}\n}}\n",
        token(&operator, &operator, &json!({"type": "operator", "version": 2})),
        system.public_key(),
        account.public_key(),
        token(&operator, &account, &of_account(&limits)),
        system.public_key(),
        token(&operator, &system, &of_account(&system_limits)),
    );
    let rights =
        json!({"type": "user", "version": 2, "pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1});
    let credentials = format!(
        "-----BEGIN NATS USER JWT-----\n{}\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        token(&account, &user, &rights),
        user.seed().expect("has a seed"),
    );
    (config, credentials)
}

/// Returns a signed statement of `issuer` about `subject`.
fn token(issuer: &KeyPair, subject: &KeyPair, claims: &Value) -> String {
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header = encode(&json!({"typ": "JWT", "alg": "ed25519-nkey"}));
    let body = encode(&json!({
        "jti": "TEST", "iat": 1, "iss": issuer.public_key(), "sub": subject.public_key(), "name": "test",
        "nats": claims,
    }));
    let signed = format!("{header}.{body}");
    let signature = issuer.sign(signed.as_bytes()).expect("signs");
    format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature))
}
