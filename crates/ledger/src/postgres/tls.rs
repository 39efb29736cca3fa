//! How a connection to PostgreSQL is protected: what its address says of it, and TLS by rustls.

use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use percent_encoding::percent_decode_str;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, SslNegotiation};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use crate::log::LogError;

/// How a connection is protected.
#[derive(Clone)]
pub(super) enum Transport {
    /// Not at all: a socket of this machine's, or where the address says so.
    Clear,
    /// By TLS; the server's certificate must be good, and for the name by which it is reached.
    Tls(Connector),
}

/// What an address says of TLS, as libpq names it.
#[derive(Default)]
struct Wish {
    mode: Option<String>,
    roots: Option<String>,
}

/// Reads an address. What libpq knows and is not done here is refused: an address never means less protection than it says.
pub(super) fn parsed(address: &str) -> Result<(Config, Transport), LogError> {
    let (rest, wish) = without_wish(address)?;
    let mut config: Config = rest.parse().map_err(|cause: tokio_postgres::Error| {
        let inner = std::error::Error::source(&cause).map_or_else(String::new, |inner| format!(": {inner}"));
        LogError::Unusable(format!("no address of a PostgreSQL database: {cause}{inner}"))
    })?;
    let is_local = config.get_hosts().iter().all(is_here) && config.get_hostaddrs().iter().all(IpAddr::is_loopback);
    let by_socket_alone =
        !config.get_hosts().is_empty() && config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    let transport = match wish.mode.as_deref() {
        // As for libpq: a socket of the file system has no TLS, and leaves the machine by no wire.
        _ if by_socket_alone => Transport::Clear,
        Some("disable") => Transport::Clear,
        Some("require" | "verify-full") => Transport::Tls(connector(&config, wish.roots.as_deref())?),
        None if is_local => Transport::Clear,
        None => {
            return refused(
                "the address names another machine and says nothing of TLS: the ledger would go over the network in clear text",
                "add sslmode=verify-full (and sslrootcert=FILE where the certificate is your own); sslmode=disable where something else protects the way",
            );
        }
        Some(other) => {
            return refused(
                &format!("sslmode={other} is not done: it lets a stranger pass for the server"),
                "write sslmode=verify-full",
            );
        }
    };
    config.ssl_mode(match transport {
        Transport::Clear => SslMode::Disable,
        Transport::Tls(_) => SslMode::Require,
    });
    Ok((config, transport))
}

fn refused<T>(what: &str, mend: &str) -> Result<T, LogError> {
    Err(LogError::Unusable(format!("PostgreSQL: {what}\n  mend: {mend}")))
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback()),
    }
}

/// An address without what is said of TLS, and that.
fn without_wish(address: &str) -> Result<(String, Wish), LogError> {
    let mut wish = Wish::default();
    let Some((base, query)) = address.split_once('?') else { return Ok((address.to_owned(), wish)) };
    let mut others = Vec::new();
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let place = match key {
            "sslmode" => &mut wish.mode,
            "sslrootcert" => &mut wish.roots,
            _ => {
                others.push(pair);
                continue;
            }
        };
        let Ok(value) = percent_decode_str(value).decode_utf8() else {
            return refused(&format!("`{key}` is no text"), "write it in UTF-8");
        };
        if place.replace(value.into_owned()).is_some() {
            return refused(&format!("`{key}` stands twice in the address"), "say it once");
        }
    }
    let rest = if others.is_empty() { base.to_owned() } else { format!("{base}?{}", others.join("&")) };
    Ok((rest, wish))
}

/// Whose certificates are believed: those of a file, or those of the system.
fn roots(file: Option<&str>) -> Result<RootCertStore, LogError> {
    let mut store = RootCertStore::empty();
    match file.filter(|file| *file != "system") {
        Some(file) => {
            let mend =
                "give sslrootcert the certificate (PEM) of the authority that signed the server's, or the server's own";
            let unread = |what: &str| LogError::Unusable(format!("{file}: {what}\n  mend: {mend}"));
            let all = CertificateDer::pem_file_iter(Path::new(file)).map_err(|error| unread(&error.to_string()))?;
            for certificate in all {
                let certificate = certificate.map_err(|error| unread(&error.to_string()))?;
                store.add(certificate).map_err(|error| unread(&error.to_string()))?;
            }
            if store.is_empty() {
                return Err(unread("holds no certificate"));
            }
        }
        None => {
            let (_added, _not_understood) =
                store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if store.is_empty() {
                return refused("the system has no certificates of authorities", "give sslrootcert=FILE");
            }
        }
    }
    Ok(store)
}

fn connector(config: &Config, roots_file: Option<&str>) -> Result<Connector, LogError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| LogError::Unusable(format!("PostgreSQL: no TLS: {error}")))?;
    let mut client = builder.with_root_certificates(roots(roots_file)?).with_no_client_auth();
    if config.get_ssl_negotiation() == SslNegotiation::Direct {
        client.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(Connector(TlsConnector::from(Arc::new(client))))
}

/// Makes TLS connections.
#[derive(Clone)]
pub(super) struct Connector(TlsConnector);

/// Makes one to a server of a name.
pub(super) struct Handshake {
    connector: TlsConnector,
    name: ServerName<'static>,
}

/// A TLS connection.
pub(super) struct Stream<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Connector {
    type Stream = Stream<S>;
    type TlsConnect = Handshake;
    type Error = InvalidDnsNameError;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Handshake, InvalidDnsNameError> {
        Ok(Handshake { connector: self.0.clone(), name: ServerName::try_from(domain.to_owned())? })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Handshake {
    type Stream = Stream<S>;
    type Error = std::io::Error;
    type Future = Pin<Box<dyn Future<Output = std::io::Result<Stream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move { self.connector.connect(self.name, stream).await.map(Stream) })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        // The certificate was verified; an address that requires the binding too is refused when it connects.
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(address: &str) -> String {
        match parsed(address) {
            Ok((_, Transport::Clear)) => "clear".to_owned(),
            Ok((_, Transport::Tls(_))) => "TLS".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn an_address_never_means_less_protection_than_it_says() {
        for local in
            ["postgres://u@localhost/d", "postgres://u@127.0.0.1/d", "postgresql:///d?host=/run/pg&sslmode=verify-full"]
        {
            assert_eq!(said(local), "clear", "{local}");
        }
        assert_eq!(said("postgres://u@db.example.com/d?sslmode=disable&connect_timeout=3"), "clear");
        let open = said("postgres://u:secret@db.example.com/d");
        assert!(
            open.contains("clear text") && open.contains("sslmode=verify-full") && !open.contains("secret"),
            "{open}"
        );
        for mode in ["prefer", "allow", "verify-ca", "VERIFY-FULL", ""] {
            let refused = said(&format!("postgres://u@localhost/d?sslmode={mode}"));
            assert!(refused.contains("mend: write sslmode=verify-full"), "{mode}: {refused}");
        }
        let missing = said("postgres://u@localhost/d?sslmode=require&sslrootcert=%2Fno%2Fsuch.pem");
        assert!(missing.contains("/no/such.pem"), "{missing}");
        assert!(said("postgres://u@localhost/d?sslmode=disable&sslmode=verify-full").contains("twice"));
        assert!(said("postgres://u@localhost/d?sslmode=verify-full&sslcert=me.pem").contains("sslcert"));
    }
}
