//! List files over HTTP: only what has changed, and again where a connection or a server fails.

use std::io::Read;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::store::Validators;
use tollgate_model::Stop;

/// The most that a list file may weigh; the Consolidated Screening List has about 40 MB.
const LARGEST: u64 = 1 << 30;
/// Tries for each file where the connection or the server fails.
const TRIES: u32 = 3;

/// What a server answered.
#[derive(Debug)]
pub enum Fetched {
    /// What is here already is the newest.
    Unchanged,
    /// Other bytes, and by what the server will know them again.
    New(Vec<u8>, Validators),
}

/// Why nothing was fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The server answered with something else than a file.
    #[error("{0}: the server answers with status {1}")]
    Status(String, u16),
    /// The connection failed or broke off.
    #[error("{0}: {1}")]
    Connection(String, String),
    /// Ctrl-C.
    #[error("stopped")]
    Stopped,
}

/// Fetches files, asking only for what has changed.
pub struct Fetcher {
    agent: ureq::Agent,
    stop: Stop,
}

impl Fetcher {
    /// A fetcher that ends early once `stop` is raised.
    pub fn new(stop: &Stop) -> Fetcher {
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_recv_body(Some(Duration::from_secs(600)))
            .http_status_as_error(false)
            .user_agent(concat!("tollgate/", env!("CARGO_PKG_VERSION")));
        Fetcher { agent: config.build().into(), stop: stop.clone() }
    }

    /// Fetches a file; a failing connection and a server error (5xx) are tried again.
    pub fn fetch(&self, address: &str, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let mut attempt = 1;
        loop {
            match self.fetch_once(address, known) {
                Err(FetchError::Connection(..) | FetchError::Status(_, 500..)) if attempt < TRIES => {
                    std::thread::sleep(Duration::from_millis(200) * attempt * attempt);
                    attempt += 1;
                }
                result => return result,
            }
        }
    }

    fn fetch_once(&self, address: &str, known: Option<&Validators>) -> Result<Fetched, FetchError> {
        let failed = |error: String| FetchError::Connection(address.to_owned(), error);
        let mut request = self.agent.get(address);
        if let Some(known) = known {
            for (header, value) in [("If-None-Match", &known.etag), ("If-Modified-Since", &known.last_modified)] {
                if let Some(value) = value {
                    request = request.header(header, value);
                }
            }
        }
        let mut response = request.call().map_err(|error| failed(error.to_string()))?;
        match response.status().as_u16() {
            200 => {}
            304 if known.is_some() => return Ok(Fetched::Unchanged),
            status => return Err(FetchError::Status(address.to_owned(), status)),
        }
        let header = |name: &str| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let validators = Validators { etag: header("etag"), last_modified: header("last-modified") };
        let mut bytes = Vec::new();
        let mut body = response.body_mut().with_config().limit(LARGEST).reader();
        let mut part = vec![0; 1 << 16];
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(FetchError::Stopped);
            }
            match body.read(&mut part).map_err(|error| failed(error.to_string()))? {
                0 => return Ok(Fetched::New(bytes, validators)),
                count => bytes.extend(part.iter().take(count)),
            }
        }
    }
}
