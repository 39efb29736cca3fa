//! Slots of one size each in pages of a file, of which every page is held against its digest whenever it is read.

use std::fs::File;
use std::io::{BufWriter, Error, Result, Write};
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tollgate_model::{count_of, index_of};

use crate::bytes::malformed;
use crate::record::{Hash, sha256};

/// Bytes of a page.
pub(crate) const PAGE_BYTES: usize = 4_096;
/// Pages that are kept at hand, each in a place of its number.
const AT_HAND: u64 = 256;

/// Writes pages.
pub(crate) struct PageWriter<W: Write> {
    sink: BufWriter<W>,
    page: Vec<u8>,
    hashes: Vec<Hash>,
}

impl<W: Write> PageWriter<W> {
    pub(crate) fn new(inner: W) -> PageWriter<W> {
        PageWriter {
            sink: BufWriter::with_capacity(1 << 20, inner),
            page: Vec::with_capacity(PAGE_BYTES),
            hashes: Vec::new(),
        }
    }

    /// Adds a slot, whole in one page.
    pub(crate) fn add(&mut self, slot: &[u8]) -> Result<()> {
        if self.page.len() + slot.len() > PAGE_BYTES {
            self.end_page()?;
        }
        self.page.extend_from_slice(slot);
        Ok(())
    }

    /// Ends the page that is under way, so that what comes next begins another. Returns how many pages there are.
    pub(crate) fn end_page(&mut self) -> Result<u64> {
        if !self.page.is_empty() {
            self.page.resize(PAGE_BYTES, 0);
            self.hashes.push(sha256(&[&self.page]));
            self.sink.write_all(&self.page)?;
            self.page.clear();
        }
        Ok(count_of(self.hashes.len()))
    }

    /// All written; what it was written into, and the digest of each page.
    pub(crate) fn finish(mut self) -> Result<(W, Vec<Hash>)> {
        self.end_page()?;
        Ok((self.sink.into_inner().map_err(|error| error.into_error())?, self.hashes))
    }
}

type Page = Arc<[u8]>;

/// The pages of a file. What cannot be read is remembered as a fault: nothing that was read since may be believed then.
#[derive(Debug)]
pub(crate) struct PageFile {
    file: File,
    hashes: Vec<Hash>,
    at_hand: Mutex<Vec<Option<(u64, Page)>>>,
    fault: OnceLock<String>,
}

impl PageFile {
    pub(crate) fn new(file: File, hashes: Vec<Hash>) -> PageFile {
        let at_hand = (0..AT_HAND).map(|_| None).collect();
        PageFile { file, hashes, at_hand: Mutex::new(at_hand), fault: OnceLock::new() }
    }

    /// Why something could not be read, where that was so.
    pub(crate) fn fault(&self) -> Option<&str> {
        self.fault.get().map(String::as_str)
    }

    /// What was read, or a fault.
    pub(crate) fn settled<T>(&self, result: Result<T>) -> Option<T> {
        result.inspect_err(|error| drop(self.fault.set(format!("the snapshot in use: {error}")))).ok()
    }

    /// A page by its number.
    pub(crate) fn page(&self, number: u64) -> Result<Page> {
        let place = u32::try_from(number % AT_HAND).map(index_of).map_err(Error::other)?;
        let mut at_hand = self.at_hand.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = at_hand.get_mut(place).ok_or_else(|| malformed("has no place for a page"))?;
        if let Some((_, page)) = slot.as_ref().filter(|(known, _)| *known == number) {
            return Ok(Arc::clone(page));
        }
        let expected = usize::try_from(number).ok().and_then(|number| self.hashes.get(number));
        let expected = expected.ok_or_else(|| malformed("has no such page"))?;
        let mut bytes = vec![0; PAGE_BYTES];
        let start = number.checked_mul(count_of(PAGE_BYTES)).ok_or_else(|| malformed("has no such page"))?;
        self.file.read_exact_at(&mut bytes, start)?;
        if sha256(&[&bytes]) != *expected {
            return Err(malformed("holds a page that is not as it was written"));
        }
        let page: Page = bytes.into();
        *slot = Some((number, Arc::clone(&page)));
        Ok(page)
    }
}

/// Slots of one size in pages that follow each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SlotTable {
    pub(crate) first_page: u64,
    /// How many slots there are.
    pub(crate) count: u64,
    /// The bytes of one, of which a page holds at least one.
    pub(crate) slot_bytes: usize,
}

impl SlotTable {
    /// Slots of a page.
    pub(crate) fn per_page(&self) -> usize {
        (PAGE_BYTES / self.slot_bytes.max(1)).max(1)
    }

    /// How many pages it takes.
    pub(crate) fn pages(&self) -> u64 {
        self.count.div_ceil(count_of(self.per_page()))
    }

    /// The slot at a place, as `read` makes something of it.
    pub(crate) fn slot<T>(&self, file: &PageFile, place: u64, read: impl FnOnce(&[u8]) -> Result<T>) -> Result<T> {
        if place >= self.count {
            return Err(malformed("has no such slot"));
        }
        let per_page = count_of(self.per_page());
        let page = file.page(self.first_page.saturating_add(place / per_page))?;
        let within = usize::try_from(place % per_page).map_err(Error::other)?;
        read(self.within(&page, within)?)
    }

    /// A slot by its place in a page.
    fn within<'a>(&self, page: &'a [u8], place: usize) -> Result<&'a [u8]> {
        let start = place.saturating_mul(self.slot_bytes);
        page.get(start..start.saturating_add(self.slot_bytes)).ok_or_else(|| malformed("has a slot beyond its page"))
    }

    /// The slot that begins with an id, in a table in the order of ids. `starts` has the upper half of the first id of each page.
    pub(crate) fn slot_of_id<T>(
        &self,
        file: &PageFile,
        starts: &[u64],
        id: u128,
        read: impl FnOnce(&[u8]) -> Result<T>,
    ) -> Result<Option<T>> {
        let upper = upper_half(id);
        let mut after = starts.partition_point(|start| *start <= upper);
        while let Some(number) = after.checked_sub(1) {
            let page = file.page(self.first_page.saturating_add(count_of(number)))?;
            let before = count_of(number).saturating_mul(count_of(self.per_page()));
            let slots = self.count.saturating_sub(before).min(count_of(self.per_page()));
            let (mut low, mut high) = (0, usize::try_from(slots).map_err(Error::other)?);
            while low < high {
                let middle = low + (high - low) / 2;
                let slot = self.within(&page, middle)?;
                let known = slot.first_chunk::<16>().ok_or_else(|| malformed("has a slot without an id"))?;
                match u128::from_le_bytes(*known).cmp(&id) {
                    std::cmp::Ordering::Equal => return read(slot).map(Some),
                    std::cmp::Ordering::Less => low = middle + 1,
                    std::cmp::Ordering::Greater => high = middle,
                }
            }
            // Where a page begins with the same half, the id may stand at the end of the page before it.
            if starts.get(number) != Some(&upper) {
                break;
            }
            after = number;
        }
        Ok(None)
    }
}

/// The upper half of an id.
pub(crate) fn upper_half(id: u128) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = id.to_be_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

/// Hands on the rows of a table, which are in the order of ids, and those that were added since, all in the order of ids.
pub(crate) fn rows_by_id<T>(
    table: impl Iterator<Item = Result<(u128, T)>>,
    mut added: Vec<(u128, T)>,
    sink: &mut dyn FnMut(u128, T) -> Result<()>,
) -> Result<()> {
    added.sort_unstable_by_key(|(id, _)| *id);
    let mut added = added.into_iter().peekable();
    for row in table {
        let (id, row) = row?;
        while let Some((before, row)) = added.next_if(|(before, _)| *before < id) {
            sink(before, row)?;
        }
        sink(id, row)?;
    }
    added.try_for_each(|(id, row)| sink(id, row))
}
