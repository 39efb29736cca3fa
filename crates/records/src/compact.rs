//! The headers of a Parquet file's pages, in Thrift's compact protocol: what they say of sizes, and nothing else.

use std::io::{Error, ErrorKind, Read, Result};

/// The longest header, in bytes: it may hold the smallest and the largest value.
const MAX_HEADER_BYTES: u64 = 8 << 20;
/// How deep what is passed over may be nested.
const MAX_DEPTH: u32 = 16;

/// What the header of a page says of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PageHeader {
    /// The length of the header itself.
    pub(crate) length: u64,
    /// Bytes as they stand in the file.
    pub(crate) packed_bytes: u64,
    /// Bytes once they are unpacked.
    pub(crate) unpacked_bytes: u64,
    pub(crate) is_dictionary: bool,
    /// How many values it has, empty ones among them.
    pub(crate) values: u64,
    /// The number of the encoding of its values.
    pub(crate) encoding: i64,
}

fn malformed(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("the header of a page {what}"))
}

/// A number of seven bits a byte, the lowest first.
pub(crate) fn varint(next: &mut dyn FnMut(&mut [u8; 1]) -> Result<()>) -> Result<u64> {
    let mut number = 0_u64;
    for place in 0..10_u32 {
        let mut byte = [0];
        next(&mut byte)?;
        let [byte] = byte;
        number |= u64::from(byte & 0x7f).checked_shl(7 * place).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(malformed("has a number without an end"))
}

/// Reads fields of structures.
struct Compact<R> {
    source: R,
    length: u64,
}

/// A field of a structure: its number and the number of its type.
struct Field {
    id: i64,
    kind: u8,
}

const BYTE: u8 = 3;
const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LISTS: std::ops::RangeInclusive<u8> = 9..=10;
const MAP: u8 = 11;
const STRUCTURE: u8 = 12;
const UUID: u8 = 13;

impl<R: Read> Compact<R> {
    fn exact(&mut self, bytes: &mut [u8; 1]) -> Result<()> {
        self.length = self.length.saturating_add(1);
        if self.length > MAX_HEADER_BYTES {
            return Err(malformed("has no end"));
        }
        self.source.read_exact(bytes)
    }

    fn byte(&mut self) -> Result<u8> {
        let mut byte = [0];
        self.exact(&mut byte)?;
        let [byte] = byte;
        Ok(byte)
    }

    fn unsigned(&mut self) -> Result<u64> {
        varint(&mut |byte| self.exact(byte))
    }

    fn integer(&mut self) -> Result<i64> {
        let number = self.unsigned()?;
        let half = i64::try_from(number >> 1).map_err(|_| malformed("has a number that is too large"))?;
        Ok(if number & 1 == 0 { half } else { -half - 1 })
    }

    /// A number of zero or more.
    fn size(&mut self) -> Result<u64> {
        u64::try_from(self.integer()?).map_err(|_| malformed("says that something is smaller than nothing"))
    }

    /// The next field after another of a number; nothing at the end of the structure.
    fn field(&mut self, last: &mut i64) -> Result<Option<Field>> {
        let head = self.byte()?;
        if head == 0 {
            return Ok(None);
        }
        let id = match head >> 4 {
            0 => self.integer()?,
            step => last.saturating_add(i64::from(step)),
        };
        *last = id;
        Ok(Some(Field { id, kind: head & 0x0f }))
    }

    fn pass_bytes(&mut self, count: u64) -> Result<()> {
        self.length = self.length.saturating_add(count);
        if self.length > MAX_HEADER_BYTES {
            return Err(malformed("is too long"));
        }
        let passed = std::io::copy(&mut self.source.by_ref().take(count), &mut std::io::sink())?;
        if passed == count { Ok(()) } else { Err(ErrorKind::UnexpectedEof.into()) }
    }

    /// Passes over a value of a type.
    fn pass(&mut self, kind: u8, depth: u32) -> Result<()> {
        let deeper = depth.checked_sub(1).ok_or_else(|| malformed("is nested too deeply"))?;
        match kind {
            // True and false stand in the type itself.
            1 | 2 => Ok(()),
            BYTE => self.byte().map(drop),
            kind if INTEGERS.contains(&kind) => self.unsigned().map(drop),
            DOUBLE => self.pass_bytes(8),
            UUID => self.pass_bytes(16),
            BINARY => {
                let length = self.unsigned()?;
                self.pass_bytes(length)
            }
            kind if LISTS.contains(&kind) => self.pass_list(deeper),
            MAP => self.pass_map(deeper),
            STRUCTURE => {
                let mut last = 0;
                while let Some(field) = self.field(&mut last)? {
                    self.pass(field.kind, deeper)?;
                }
                Ok(())
            }
            _ => Err(malformed("has a field of no known type")),
        }
    }

    /// Passes over an element of a list or map, where truth values take a byte.
    fn pass_element(&mut self, kind: u8, depth: u32) -> Result<()> {
        if matches!(kind, 1 | 2) { self.byte().map(drop) } else { self.pass(kind, depth) }
    }

    fn pass_list(&mut self, depth: u32) -> Result<()> {
        let head = self.byte()?;
        let count = match head >> 4 {
            15 => self.unsigned()?,
            count => u64::from(count),
        };
        (0..count).try_for_each(|_| self.pass_element(head & 0x0f, depth))
    }

    fn pass_map(&mut self, depth: u32) -> Result<()> {
        let count = self.unsigned()?;
        if count == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        (0..count).try_for_each(|_| {
            self.pass_element(kinds >> 4, depth)?;
            self.pass_element(kinds & 0x0f, depth)
        })
    }

    /// The values and the encoding of a page, the latter the field of a number.
    fn contents(&mut self, encoding: i64) -> Result<(u64, i64)> {
        let (mut found, mut last) = ((0, 0), 0);
        while let Some(field) = self.field(&mut last)? {
            match field.id {
                1 if INTEGERS.contains(&field.kind) => found.0 = self.size()?,
                id if id == encoding && INTEGERS.contains(&field.kind) => found.1 = self.integer()?,
                _ => self.pass(field.kind, MAX_DEPTH)?,
            }
        }
        Ok(found)
    }
}

/// Reads the header of a page from where it begins.
pub(crate) fn page_header(source: impl Read) -> Result<PageHeader> {
    let mut source = Compact { source, length: 0 };
    let (mut header, mut last) = (PageHeader::default(), 0);
    while let Some(field) = source.field(&mut last)? {
        match (field.id, field.kind) {
            (2, kind) if INTEGERS.contains(&kind) => header.unpacked_bytes = source.size()?,
            (3, kind) if INTEGERS.contains(&kind) => header.packed_bytes = source.size()?,
            (5, STRUCTURE) => (header.values, header.encoding) = source.contents(2)?,
            (7, STRUCTURE) => {
                (header.values, header.encoding) = source.contents(2)?;
                header.is_dictionary = true;
            }
            (8, STRUCTURE) => (header.values, header.encoding) = source.contents(4)?,
            (_, kind) => source.pass(kind, MAX_DEPTH)?,
        }
    }
    header.length = source.length;
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data page of 300 values of 1,000 bytes, packed to 20, with a checksum and a smallest value.
    const DATA: [u8; 26] = [
        0x15, 0x00, 0x15, 0xd0, 0x0f, 0x15, 0x28, 0x15, 0x02, // type, sizes, checksum
        0x1c, 0x15, 0xd8, 0x04, 0x15, 0x0e, 0x15, 0x06, 0x15, 0x06, // values, encodings
        0x1c, 0x18, 0x01, b'x', 0x00, 0x00, 0x00, // statistics
    ];

    #[test]
    fn a_header_says_sizes_values_and_encoding() {
        let header = page_header(DATA.as_slice()).unwrap();
        let length = u64::try_from(DATA.len()).unwrap();
        let expected = PageHeader {
            length,
            packed_bytes: 20,
            unpacked_bytes: 1_000,
            is_dictionary: false,
            values: 300,
            encoding: 7,
        };
        assert_eq!(header, expected);
        let dictionary =
            page_header([0x15, 0x04, 0x15, 0x10, 0x15, 0x08, 0x4c, 0x15, 0x06, 0x15, 0x00, 0, 0].as_slice());
        let dictionary = dictionary.unwrap();
        assert!(dictionary.is_dictionary && dictionary.values == 3 && dictionary.packed_bytes == 4, "{dictionary:?}");
    }

    #[test]
    fn what_is_no_header_is_refused_and_ends() {
        for length in 0..DATA.len() {
            assert!(page_header(DATA.get(..length).unwrap()).is_err(), "{length}");
        }
        // A size below nothing, a number without end, a list of more than there is, structures within structures for ever.
        for bytes in [&[0x35, 0x01, 0][..], &[0xff; 40], &[0x19, 0xf3, 0xff, 0xff, 0xff, 0x7f], &[0x1c; 100_000]] {
            assert!(page_header(bytes).is_err(), "{bytes:?}");
        }
    }
}
