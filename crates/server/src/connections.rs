//! How many connections there may be, in all and from one address: strangers who hold many take no place from others.

use std::collections::{BTreeMap, VecDeque};
use std::future::{Ready, ready};
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};

use axum_server::accept::Accept;
use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::access::network;

/// Connections in all where nothing else is known of how many the system allows.
const MOST: usize = 4_096;
/// Files that are left for all else: the ledger, jobs, lists, the provider.
const OTHER_FILES: usize = 128;
/// From one address at most this part of all, so that several addresses have room.
const SHARE: usize = 4;

/// One open connection, as others see it.
#[derive(Debug, Default)]
struct Open {
    ended: AtomicBool,
    waker: AtomicWaker,
}

impl Open {
    fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.waker.wake();
    }
}

/// Open connections by address, the oldest first.
#[derive(Debug, Default)]
struct Table {
    by_address: BTreeMap<IpAddr, VecDeque<Weak<Open>>>,
    count: usize,
}

impl Table {
    /// Ends the oldest connection of the address that has the most.
    fn end_one(&mut self) {
        let fullest = self.by_address.iter_mut().max_by_key(|(_, open)| open.len());
        if let Some(oldest) = fullest.and_then(|(_, open)| open.pop_front())
            && let Some(oldest) = oldest.upgrade()
        {
            oldest.end();
        }
    }
}

/// Accepts connections up to a limit, in all and from one address; beyond it the oldest connection of the address gives way to the new one.
#[derive(Clone, Debug)]
pub(super) struct Limited {
    table: Arc<Mutex<Table>>,
    most: usize,
}

impl Limited {
    /// As many as the system lets this process have.
    pub(super) fn new() -> Limited {
        let allowed = open_files().map_or(MOST, |files| files.saturating_sub(OTHER_FILES).clamp(64, MOST));
        Limited { table: Arc::default(), most: allowed }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, address: IpAddr) -> Seat {
        let open = Arc::new(Open::default());
        let mut table = self.table();
        let from_here = table.by_address.entry(address).or_default();
        if from_here.len() >= self.most / SHARE
            && let Some(oldest) = from_here.pop_front().and_then(|oldest| oldest.upgrade())
        {
            oldest.end();
        }
        from_here.push_back(Arc::downgrade(&open));
        table.count += 1;
        if table.count > self.most {
            table.end_one();
        }
        Seat { open, address, table: Arc::clone(&self.table) }
    }
}

/// How many files this process may have open at a time, where the system says so.
fn open_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The place of a connection in the table, which it leaves when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    open: Arc<Open>,
    address: IpAddr,
    table: Arc<Mutex<Table>>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.count = table.count.saturating_sub(1);
        if let Some(from_here) = table.by_address.get_mut(&self.address) {
            from_here.retain(|open| open.upgrade().is_some_and(|open| !Arc::ptr_eq(&open, &self.open)));
            if from_here.is_empty() {
                table.by_address.remove(&self.address);
            }
        }
    }
}

/// A connection with its place: where it has to give way, it ends as if its client had.
#[derive(Debug)]
pub(super) struct Counted<S> {
    stream: S,
    place: Seat,
}

impl<S> Counted<S> {
    /// An error where the connection has to give way; else whoever makes it give way wakes this task.
    fn check(&self, context: &Context<'_>) -> io::Result<()> {
        self.place.open.waker.register(context.waker());
        match self.place.open.ended.load(Ordering::Acquire) {
            true => Err(io::ErrorKind::ConnectionAborted.into()),
            false => Ok(()),
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        from: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, from)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

impl<S> Accept<TcpStream, S> for Limited {
    type Stream = Counted<TcpStream>;
    type Service = S;
    type Future = Ready<io::Result<(Self::Stream, Self::Service)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        ready(stream.peer_addr().map(|peer| (Counted { place: self.enter(network(peer.ip())), stream }, service)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_connection_of_who_holds_many_gives_way() {
        let limited = Limited { table: Arc::default(), most: 8 };
        let (greedy, honest) = (IpAddr::from([203, 0, 113, 1]), IpAddr::from([203, 0, 113, 2]));
        let held: Vec<Seat> = (0..5).map(|_| limited.enter(greedy)).collect();
        let counts = || {
            let table = limited.table();
            (table.count, table.by_address.len())
        };
        let ended = |places: &[Seat]| -> Vec<bool> {
            places.iter().map(|place| place.open.ended.load(Ordering::Acquire)).collect()
        };
        assert_eq!(ended(&held), [true, true, true, false, false], "a quarter of all from one address");
        let guest = limited.enter(honest);
        assert!(!guest.open.ended.load(Ordering::Acquire));
        drop(held);
        assert_eq!(counts(), (1, 1));
        let many: Vec<Seat> = (10..30).map(|last| limited.enter(IpAddr::from([203, 0, 113, last]))).collect();
        let left = many.iter().filter(|place| !place.open.ended.load(Ordering::Acquire)).count();
        assert!((7..=8).contains(&left), "{left}");
        drop((many, guest));
        assert_eq!(counts(), (0, 0));
        assert!(open_files().is_none_or(|files| files > 0));
    }
}
