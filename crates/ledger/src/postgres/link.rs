//! A connection to PostgreSQL on which nothing is waited for without an end.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config, Error, NoTls};

use super::tls::{Transport, parsed};
use crate::log::LogError;

/// A connection must stand so soon.
const CONNECT: Duration = Duration::from_secs(5);
/// A request must be answered so soon, or its connection is given up: the server may have stopped in the middle of it.
const ANSWER: Duration = Duration::from_secs(15);
/// What was sent and nobody acknowledges counts as lost after so long.
const ACKNOWLEDGED: Duration = Duration::from_secs(10);
/// Set on each connection. Commits wait for the disk, whatever the database's default is; who waits for the lock gives up before the request does; and
/// who stops inside a transaction, or vanishes, lets the others in again.
const SESSION: &str = "SET synchronous_commit = on; SET statement_timeout = '12s'; SET lock_timeout = '8s'; \
     SET idle_in_transaction_session_timeout = '10s'; SET tcp_user_timeout = '10s'; SET tcp_keepalives_idle = '15s'; \
     SET tcp_keepalives_interval = '5s'; SET tcp_keepalives_count = 3";

/// A connection, and what drives it.
pub(super) struct Link {
    client: Client,
    runtime: Runtime,
}

impl Link {
    /// Connects, and sets what each connection is set to.
    pub(super) fn open(config: &Config, transport: &Transport) -> Result<Link, LogError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|cause| LogError::Unavailable(format!("PostgreSQL: {cause}")))?;
        let client = runtime.block_on(async {
            let connected = tokio::time::timeout(CONNECT, connected(config, transport)).await;
            connected.map_err(|_| late("does not take a connection"))?.map_err(error)
        })?;
        let link = Link { client, runtime };
        link.ask(async |client: &Client| client.batch_execute(SESSION).await)?;
        Ok(link)
    }

    /// Whether the connection has ended.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// What a request gives, or an error where it is not answered in time: the connection cannot be used any more then.
    pub(super) fn ask<T>(&self, request: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T, LogError> {
        self.runtime.block_on(async {
            let answered = tokio::time::timeout(ANSWER, request(&self.client)).await;
            answered.map_err(|_| late("does not answer"))?.map_err(error)
        })
    }
}

/// A client whose connection is driven. It ends with the client; what ends it is told to whoever asks next.
async fn connected(config: &Config, transport: &Transport) -> Result<Client, Error> {
    match transport {
        Transport::Clear => {
            let (client, connection) = config.connect(NoTls).await?;
            tokio::spawn(connection);
            Ok(client)
        }
        Transport::Tls(connector) => {
            let (client, connection) = config.connect(connector.clone()).await?;
            tokio::spawn(connection);
            Ok(client)
        }
    }
}

/// An address with the times that Tollgate waits for, where it names none itself.
pub(super) fn configured(address: &str) -> Result<(Config, Transport), LogError> {
    let (mut config, transport) = parsed(address)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(ACKNOWLEDGED);
    }
    if config.get_application_name().is_none() {
        config.application_name("tollgate");
    }
    config.keepalives_idle(Duration::from_secs(15)).keepalives_interval(Duration::from_secs(5)).keepalives_retries(3);
    Ok((config, transport))
}

fn late(what: &str) -> LogError {
    LogError::Busy(format!("PostgreSQL: {what}"))
}

/// An error of the server's or of the connection's; one that says that another holds the lock is [`LogError::Busy`].
pub(super) fn error(cause: Error) -> LogError {
    let Some(said) = cause.as_db_error() else {
        let mut text = format!("PostgreSQL: {cause}");
        if let Some(inner) = std::error::Error::source(&cause) {
            text = format!("{text}: {inner}");
        }
        return LogError::Unavailable(text);
    };
    let text = format!("PostgreSQL: {} ({})", said.message(), said.code().code());
    match *said.code() {
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => LogError::Busy(text),
        _ => LogError::Unavailable(text),
    }
}
