//! Inputs that are not files here: objects of a store (`s3://bucket/key`), and what a web server gives (`https://host/file`).
//!
//! An object is brought here whole before it is read, to a folder that is gone when the command has ended: inputs are read more than once, and a store that
//! fails half-way is then no half of an input.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::http::HttpBuilder;
use object_store::path::Path as Key;
use object_store::{ClientOptions, ObjectStore, ObjectStoreExt as _, ObjectStoreScheme, RetryConfig};
use tempfile::TempDir;
// For its feature alone: the client of `object_store` has no TLS without it, and no feature of its own that says so.
use reqwest as _;
use url::Url;

use super::Failure;
use super::progress::ByteBar;
use tollgate_model::Stop;
use tollgate_model::count_of;

const MEND: &str = "check the address, and the variables that name the store's keys and region (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT)";

fn unusable(address: &str, what: &dyn std::fmt::Display) -> Failure {
    Failure::Unusable(format!("{address}: {what}\n  mend: {MEND}"))
}

/// Copies every input that is an address to a temporary folder, and puts the path of the copy in the address's place.
/// Returns the folder, which is removed when it is dropped; `None` where no input is an address.
pub(crate) fn fetch_inputs(inputs: Vec<&mut PathBuf>, stop: &Stop) -> Result<Option<TempDir>, Failure> {
    let mut addresses = inputs.into_iter().filter(|path| path.to_string_lossy().contains("://")).peekable();
    if addresses.peek().is_none() {
        return Ok(None);
    }
    // The one that the service has too; that it is there already is no matter.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let failed = |error: std::io::Error| Failure::Unusable(format!("no temporary folder: {error}"));
    let folder = tempfile::tempdir().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
    for (place, path) in addresses.enumerate() {
        let address = path.to_string_lossy().into_owned();
        let object_folder = folder.path().join(place.to_string());
        std::fs::create_dir(&object_folder).map_err(failed)?;
        *path = runtime.block_on(fetch(&address, &object_folder, stop))?;
    }
    Ok(Some(folder))
}

/// The store that an address is in, and the object's key there.
fn store(url: &Url) -> Result<(Box<dyn ObjectStore>, Key), object_store::Error> {
    let (scheme, key) = ObjectStoreScheme::parse(url)?;
    let key = Key::parse(key)?;
    // Whoever waits at a prompt would rather hear soon.
    let retry = RetryConfig { max_retries: 3, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
    match scheme {
        ObjectStoreScheme::AmazonS3 => {
            let variables = std::env::vars();
            let builder = AmazonS3Builder::new().with_url(url.as_str()).with_retry(retry);
            let builder = variables.fold(builder, |builder, (name, value)| {
                match name.to_lowercase().parse::<AmazonS3ConfigKey>() {
                    Ok(key) if name.starts_with("AWS_") => builder.with_config(key, value),
                    _ => builder,
                }
            });
            Ok((Box::new(builder.build()?), key))
        }
        ObjectStoreScheme::Http => {
            // Who asks by an address without encryption means it.
            let options = ClientOptions::new().with_allow_http(url.scheme() == "http");
            let builder = HttpBuilder::new().with_url(url.origin().ascii_serialization());
            Ok((Box::new(builder.with_client_options(options).with_retry(retry).build()?), key))
        }
        _ => Err(object_store::Error::NotSupported { source: "it is neither s3:// nor https://".into() }),
    }
}

/// Brings an object, or where the address ends in `/` every Parquet file under it.
async fn fetch(address: &str, folder: &Path, stop: &Stop) -> Result<PathBuf, Failure> {
    let url = Url::parse(address).map_err(|error| unusable(address, &error))?;
    let (store, key) = store(&url).map_err(|error| unusable(address, &error))?;
    if !address.ends_with('/') {
        let name = key.filename().ok_or_else(|| unusable(address, &"names no object"))?;
        let path = folder.join(name);
        copy(store.as_ref(), &Object { address, key: &key }, &path, stop).await?;
        return Ok(path);
    }
    let objects = store.list(Some(&key)).try_collect::<Vec<_>>().await.map_err(|error| unusable(address, &error))?;
    let mut keys: Vec<Key> = objects.into_iter().map(|object| object.location).collect();
    keys.retain(|key| key.extension() == Some("parquet"));
    keys.sort();
    if keys.is_empty() {
        return Err(unusable(address, &"there is no Parquet file under it"));
    }
    for (place, key) in keys.iter().enumerate() {
        // In the order of their keys, whatever folders they stand in.
        let path = folder.join(format!("{place:08}.parquet"));
        copy(store.as_ref(), &Object { address: &format!("{address} ({key})"), key }, &path, stop).await?;
    }
    Ok(folder.to_owned())
}

/// An object of a store, and how messages name it.
struct Object<'a> {
    address: &'a str,
    key: &'a Key,
}

/// Copies an object to a file; fails where fewer or more bytes come than the store says it has.
async fn copy(store: &dyn ObjectStore, object: &Object<'_>, path: &Path, stop: &Stop) -> Result<(), Failure> {
    let address = object.address;
    let object = store.get(object.key).await.map_err(|error| unusable(address, &error))?;
    let (size, mut bar) = (object.meta.size, ByteBar::new(address, object.meta.size));
    let mut file = File::create(path).map_err(|error| unusable(address, &error))?;
    let mut bytes_written = 0_u64;
    let mut parts = object.into_stream();
    while let Some(part) = parts.next().await {
        if stop.load(Ordering::Relaxed) {
            return Err(Failure::Stopped);
        }
        let part = part.map_err(|error| unusable(address, &error))?;
        file.write_all(&part).map_err(|error| unusable(address, &error))?;
        bytes_written += count_of(part.len());
        bar.set(bytes_written);
    }
    match bytes_written == size {
        true => Ok(()),
        false => Err(unusable(address, &format!("{bytes_written} bytes of {size} came"))),
    }
}
