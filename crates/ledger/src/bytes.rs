//! Numbers and texts as bytes of a file, with the digest of all that passed: little-endian, texts behind their length.

use std::io::{BufRead as _, BufReader, BufWriter, Error, ErrorKind, Read, Result, Write};

use sha2::{Digest, Sha256};
use tollgate_model::count_of;

use crate::record::{Hash, hash_of};

/// Bytes that are read or written at once.
const BUFFER: usize = 1 << 20;

/// Counts and digests what passes.
struct Digesting<T> {
    inner: T,
    digest: Sha256,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(bytes.get(..written).ok_or(ErrorKind::InvalidData)?);
        Ok(written)
    }

    fn flush(&mut self) -> Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        let read = self.inner.read(bytes)?;
        self.digest.update(bytes.get(..read).ok_or(ErrorKind::InvalidData)?);
        Ok(read)
    }
}

/// Something that is not as it was written.
pub(crate) fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what.to_owned())
}

/// Writes.
pub(crate) struct Out<W: Write> {
    sink: BufWriter<Digesting<W>>,
}

impl<W: Write> Out<W> {
    pub(crate) fn new(inner: W) -> Out<W> {
        Out { sink: BufWriter::with_capacity(BUFFER, Digesting { inner, digest: Sha256::new() }) }
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.sink.write_all(bytes)
    }

    pub(crate) fn flag(&mut self, value: bool) -> Result<()> {
        self.bytes(&[u8::from(value)])
    }

    pub(crate) fn u32(&mut self, value: u32) -> Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn u64(&mut self, value: u64) -> Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn i64(&mut self, value: i64) -> Result<()> {
        self.bytes(&value.to_le_bytes())
    }

    pub(crate) fn count(&mut self, length: usize) -> Result<()> {
        self.u64(count_of(length))
    }

    pub(crate) fn text(&mut self, text: &str) -> Result<()> {
        self.count(text.len())?;
        self.bytes(text.as_bytes())
    }

    /// All written; what it was written into, and the digest of it.
    pub(crate) fn finish(self) -> Result<(W, Hash)> {
        let Digesting { inner, digest } = self.sink.into_inner().map_err(|error| error.into_error())?;
        Ok((inner, hash_of(digest)))
    }
}

/// Reads what [`Out`] wrote, so many bytes at the most.
pub(crate) struct In<R: Read> {
    source: BufReader<Digesting<std::io::Take<R>>>,
    left: u64,
}

impl<R: Read> In<R> {
    pub(crate) fn new(inner: R, length: u64) -> In<R> {
        let digesting = Digesting { inner: inner.take(length), digest: Sha256::new() };
        In { source: BufReader::with_capacity(BUFFER, digesting), left: length }
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.left = self.left.checked_sub(count_of(N)).ok_or_else(|| malformed("is cut off"))?;
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        match self.array::<1>()? {
            [0] => Ok(false),
            [1] => Ok(true),
            _ => Err(malformed("says neither yes nor no")),
        }
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn i64(&mut self) -> Result<i64> {
        self.array().map(i64::from_le_bytes)
    }

    /// How many follow, each of so many bytes or more: never more than there is left to read.
    pub(crate) fn count(&mut self, bytes_each: u64) -> Result<usize> {
        let count = self.u64()?;
        let is_there = count.checked_mul(bytes_each).is_some_and(|bytes| bytes <= self.left);
        let count = usize::try_from(count).ok().filter(|_| is_there);
        count.ok_or_else(|| malformed("says that more follows than is there"))
    }

    pub(crate) fn text(&mut self) -> Result<String> {
        let length = self.count(1)?;
        let mut bytes = vec![0; length];
        self.left = self.left.checked_sub(count_of(length)).ok_or_else(|| malformed("is cut off"))?;
        self.source.read_exact(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| malformed("holds what is no text"))
    }

    /// The digest of all of it; an error where something was left unread.
    pub(crate) fn finish(mut self) -> Result<(R, Hash)> {
        if self.left > 0 || !self.source.fill_buf()?.is_empty() {
            return Err(malformed("has more than belongs to it"));
        }
        let Digesting { inner, digest } = self.source.into_inner();
        Ok((inner.into_inner(), hash_of(digest)))
    }
}
