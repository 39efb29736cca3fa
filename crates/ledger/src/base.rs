//! The tables of a snapshot, which are many times what memory should hold: written page by page, and looked up in the file when they are needed.

use std::io::{Read, Result, Write};

use tollgate_model::{count_of, index_of};

use crate::bytes::{In, Out, malformed};
use crate::pages::{PageFile, PageWriter, SlotTable, upper_half};
use crate::place::Place;
use crate::state::{AccountLists, Base, IdHash, OPERATION_BYTES, Operation, POSTING_BYTES, Posting};
use crate::state::{RESERVATION_BYTES, Reservation};

/// Bytes of the slot of a place: id, number of the record, half of its hash.
const PLACE_BYTES: usize = 40;
/// Bytes of an account in the list of those that have no room in their slot.
const LISTED_BYTES: usize = 4;
/// Bytes of a word of the filter.
const WORD_BYTES: usize = 8;
/// Bits of the filter for each id, and how many of them an id sets: of a hundred ids that are not there, one is looked up in vain.
const BITS_EACH: u64 = 10;
const BITS_SET: u64 = 7;

/// Says of most ids that are not there that they are not, without a look at the file.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    words: Vec<u64>,
}

impl Filter {
    fn of_size(ids: u64) -> Result<Filter> {
        let words = ids.saturating_mul(BITS_EACH).div_ceil(64).max(1);
        let words = usize::try_from(words).map_err(std::io::Error::other)?;
        Ok(Filter { words: vec![0; words] })
    }

    /// The places of an id's bits: an id is a half of a digest, so its own bits are as good as any.
    fn bits(&self, id: IdHash) -> impl Iterator<Item = (usize, u64)> + use<> {
        let all = count_of(self.words.len()).saturating_mul(64).max(1);
        let (step, start) = (upper_half(id) | 1, upper_half(id.rotate_left(64)));
        (0..BITS_SET).filter_map(move |number| {
            let bit = start.wrapping_add(number.wrapping_mul(step)) % all;
            Some((usize::try_from(bit / 64).ok()?, 1_u64 << (bit % 64)))
        })
    }

    fn add(&mut self, id: IdHash) {
        for (word, bit) in self.bits(id) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
    }

    fn may_have(&self, id: IdHash) -> bool {
        self.bits(id).all(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }
}

/// A table in the order of ids.
#[derive(Debug)]
struct Sorted {
    slots: SlotTable,
    /// The upper half of the first id of each page.
    starts: Vec<u64>,
}

/// Where the tables of a snapshot stand.
#[derive(Debug)]
pub(crate) struct Tables {
    operations: Sorted,
    places: Sorted,
    reservations: SlotTable,
    postings: SlotTable,
    /// Accounts that have no room in the slot of a reservation or posting.
    lists: SlotTable,
    filter: SlotTable,
}

/// Writes a table of slots.
struct TableWriter<'a, W: Write> {
    pages: &'a mut PageWriter<W>,
    table: SlotTable,
    starts: Vec<u64>,
}

impl<'a, W: Write> TableWriter<'a, W> {
    fn begin(pages: &'a mut PageWriter<W>, slot_bytes: usize) -> Result<TableWriter<'a, W>> {
        let first_page = pages.end_page()?;
        Ok(TableWriter { pages, table: SlotTable { first_page, count: 0, slot_bytes }, starts: Vec::new() })
    }

    fn add(&mut self, slot: &[u8]) -> Result<()> {
        self.pages.add(slot)?;
        self.table.count += 1;
        Ok(())
    }

    /// Adds a slot that begins with an id, which must be larger than the one before.
    fn add_sorted(&mut self, slot: &[u8]) -> Result<()> {
        if self.table.count.is_multiple_of(count_of(self.table.per_page())) {
            let id = slot.first_chunk().ok_or_else(|| malformed("has a slot without an id"))?;
            self.starts.push(upper_half(IdHash::from_le_bytes(*id)));
        }
        self.add(slot)
    }

    fn end(self) -> Result<Sorted> {
        self.pages.end_page()?;
        Ok(Sorted { slots: self.table, starts: self.starts })
    }
}

/// What a snapshot has of a ledger in tables.
pub(crate) trait Tabled {
    /// How many ids there are.
    fn operation_count(&self) -> u64;
    /// Hands on the slots of operations, in the order of ids.
    fn operations(&self, sink: &mut dyn FnMut(&[u8; OPERATION_BYTES]) -> Result<()>) -> Result<()>;
    /// Hands on places, in the order of ids.
    fn places(&self, sink: &mut dyn FnMut(u128, Place) -> Result<()>) -> Result<()>;
    /// Hands on the slots of reservations.
    fn reservations(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; RESERVATION_BYTES]) -> Result<()>,
    ) -> Result<()>;
    /// Hands on the slots of postings.
    fn postings(
        &self,
        lists: &mut AccountLists,
        sink: &mut dyn FnMut(&[u8; POSTING_BYTES]) -> Result<()>,
    ) -> Result<()>;
}

impl Tables {
    /// Writes the tables of a ledger.
    pub(crate) fn write<W: Write>(pages: &mut PageWriter<W>, ledger: &impl Tabled) -> Result<Tables> {
        let mut filter = Filter::of_size(ledger.operation_count())?;
        let mut table = TableWriter::begin(pages, OPERATION_BYTES)?;
        ledger.operations(&mut |slot| {
            if let Some(id) = slot.first_chunk() {
                filter.add(IdHash::from_le_bytes(*id));
            }
            table.add_sorted(slot)
        })?;
        let operations = table.end()?;
        let mut table = TableWriter::begin(pages, PLACE_BYTES)?;
        ledger.places(&mut |id, place| {
            let pieces: [&[u8]; 3] = [&id.to_le_bytes(), &place.seq.to_le_bytes(), &place.half.to_le_bytes()];
            table.add_sorted(&pieces.concat())
        })?;
        let places = table.end()?;
        let mut lists = AccountLists::new();
        let mut table = TableWriter::begin(pages, RESERVATION_BYTES)?;
        ledger.reservations(&mut lists, &mut |slot| table.add(slot))?;
        let reservations = table.end()?.slots;
        let mut table = TableWriter::begin(pages, POSTING_BYTES)?;
        ledger.postings(&mut lists, &mut |slot| table.add(slot))?;
        let postings = table.end()?.slots;
        let mut table = TableWriter::begin(pages, LISTED_BYTES)?;
        lists.iter().try_for_each(|account| table.add(&account.to_le_bytes()))?;
        let lists = table.end()?.slots;
        let mut table = TableWriter::begin(pages, WORD_BYTES)?;
        filter.words.iter().try_for_each(|word| table.add(&word.to_le_bytes()))?;
        let filter = table.end()?.slots;
        Ok(Tables { operations, places, reservations, postings, lists, filter })
    }

    fn all(&self) -> [&SlotTable; 6] {
        [&self.operations.slots, &self.places.slots, &self.reservations, &self.postings, &self.lists, &self.filter]
    }

    /// Writes where they stand.
    pub(crate) fn write_places<W: Write>(&self, out: &mut Out<W>) -> Result<()> {
        for table in self.all() {
            out.u64(table.first_page)?;
            out.u64(table.count)?;
        }
        for starts in [&self.operations.starts, &self.places.starts] {
            out.count(starts.len())?;
            starts.iter().try_for_each(|start| out.u64(*start))?;
        }
        Ok(())
    }

    /// Reads where they stand.
    pub(crate) fn read_places<R: Read>(source: &mut In<R>) -> Result<Tables> {
        let mut table = |slot_bytes: usize| -> Result<SlotTable> {
            Ok(SlotTable { first_page: source.u64()?, count: source.u64()?, slot_bytes })
        };
        let (operations, places) = (table(OPERATION_BYTES)?, table(PLACE_BYTES)?);
        let (reservations, postings) = (table(RESERVATION_BYTES)?, table(POSTING_BYTES)?);
        let (lists, filter) = (table(LISTED_BYTES)?, table(WORD_BYTES)?);
        let mut sorted = |slots: SlotTable| -> Result<Sorted> {
            let starts: Vec<u64> = (0..source.count(8)?).map(|_| source.u64()).collect::<Result<_>>()?;
            match count_of(starts.len()) == slots.pages() {
                true => Ok(Sorted { slots, starts }),
                false => Err(malformed("says of other pages where they begin")),
            }
        };
        let (operations, places) = (sorted(operations)?, sorted(places)?);
        Ok(Tables { operations, places, reservations, postings, lists, filter })
    }
}

/// The tables of a snapshot in its file.
#[derive(Debug)]
pub(crate) struct FileBase {
    file: PageFile,
    tables: Tables,
    filter: Filter,
    /// How many accounts there are.
    accounts: usize,
    reservations: u32,
    postings: u32,
}

fn number(count: u64) -> Result<u32> {
    u32::try_from(count).map_err(|_| malformed("has more than can be numbered"))
}

impl FileBase {
    /// The tables of a file, for a state of so many accounts.
    pub(crate) fn open(file: PageFile, tables: Tables, accounts: usize) -> Result<FileBase> {
        let mut filter = Filter::default();
        for page in 0..tables.filter.pages() {
            let page = file.page(tables.filter.first_page.saturating_add(page))?;
            let words = page.chunks_exact(WORD_BYTES).filter_map(|word| word.first_chunk().copied());
            filter.words.extend(words.map(u64::from_le_bytes));
        }
        filter.words.truncate(usize::try_from(tables.filter.count).map_err(std::io::Error::other)?);
        let (reservations, postings) = (number(tables.reservations.count)?, number(tables.postings.count)?);
        Ok(FileBase { file, tables, filter, accounts, reservations, postings })
    }

    fn operation_of(&self, slot: &[u8]) -> Result<(IdHash, Operation)> {
        Operation::of_slot(slot, self.reservations, self.postings)
    }

    fn list(&self, first: u64, count: u8) -> Result<Vec<u32>> {
        let place = |step: u8| first.checked_add(u64::from(step)).ok_or_else(|| malformed("has no such list"));
        (0..count)
            .map(|step| {
                let read = |slot: &[u8]| slot.first_chunk().copied().map(u32::from_le_bytes);
                self.tables.lists.slot(&self.file, place(step)?, |slot| {
                    read(slot).ok_or_else(|| malformed("has a list that is cut short"))
                })
            })
            .collect()
    }

    fn checked(&self, accounts: &[u32]) -> Result<()> {
        match accounts.iter().all(|account| index_of(*account) < self.accounts) {
            true => Ok(()),
            false => Err(malformed("names an account that is not there")),
        }
    }

    /// How many places there are.
    pub(crate) fn place_count(&self) -> u64 {
        self.tables.places.slots.count
    }

    /// The id at a place in the order of ids, and where its record stands.
    pub(crate) fn place_at(&self, number: u64) -> Result<(u128, Place)> {
        self.tables.places.slots.slot(&self.file, number, place_of)
    }

    /// Where the record of an id stands.
    pub(crate) fn place(&self, id: u128) -> Option<Place> {
        if !self.filter.may_have(id) {
            return None;
        }
        let Sorted { slots, starts } = &self.tables.places;
        let found = slots.slot_of_id(&self.file, starts, id, place_of);
        self.file.settled(found).flatten().map(|(_, place)| place)
    }
}

fn place_of(slot: &[u8]) -> Result<(u128, Place)> {
    let short = || malformed("has a slot that is too short");
    let (id, rest) = slot.split_first_chunk().ok_or_else(short)?;
    let (seq, rest) = rest.split_first_chunk().ok_or_else(short)?;
    let half = rest.first_chunk().ok_or_else(short)?;
    let (seq, half) = (u64::from_le_bytes(*seq), u128::from_le_bytes(*half));
    Ok((u128::from_le_bytes(*id), Place { seq, half }))
}

impl Base for FileBase {
    fn fault(&self) -> Option<&str> {
        self.file.fault()
    }

    fn operation(&self, id: IdHash) -> Option<Operation> {
        if !self.filter.may_have(id) {
            return None;
        }
        let Sorted { slots, starts } = &self.tables.operations;
        let found = slots.slot_of_id(&self.file, starts, id, |slot| self.operation_of(slot));
        self.file.settled(found).flatten().map(|(_, known)| known)
    }

    fn operation_count(&self) -> u64 {
        self.tables.operations.slots.count
    }

    fn operation_at(&self, place: u64) -> Option<(IdHash, Operation)> {
        let found = self.tables.operations.slots.slot(&self.file, place, |slot| self.operation_of(slot));
        self.file.settled(found)
    }

    fn reservation_count(&self) -> u32 {
        self.reservations
    }

    fn reservation(&self, place: u32) -> Option<Reservation> {
        let found = self.tables.reservations.slot(&self.file, u64::from(place), |slot| {
            let known = Reservation::of_slot(slot, &|first, count| self.list(first, count))?;
            self.checked(known.accounts()).map(|()| known)
        });
        self.file.settled(found)
    }

    fn posting_count(&self) -> u32 {
        self.postings
    }

    fn posting(&self, place: u32) -> Option<Posting> {
        let found = self.tables.postings.slot(&self.file, u64::from(place), |slot| {
            let known = Posting::of_slot(slot, &|first, count| self.list(first, count))?;
            self.checked(known.accounts()).map(|()| known)
        });
        self.file.settled(found)
    }
}
