//! Values none of whose objects has a member twice: who reads such an object keeps one of the two and loses the other without a word.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Any value of a self-describing format, of which nothing is kept. Reading it fails where an object in it has a member twice; the error says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UniqueMembers;

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<UniqueMembers, D::Error> {
        reader.deserialize_any(UniqueMembers)
    }
}

impl<'de> Visitor<'de> for UniqueMembers {
    type Value = UniqueMembers;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<UniqueMembers, A::Error> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        while let Some((key, UniqueMembers)) = object.next_entry::<String, UniqueMembers>()? {
            if let Some(key) = seen.replace(key) {
                return Err(A::Error::custom(format!("has an object with the member `{key}` twice")));
            }
        }
        Ok(UniqueMembers)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<UniqueMembers, A::Error> {
        while let Some(UniqueMembers) = array.next_element()? {}
        Ok(UniqueMembers)
    }

    fn visit_unit<E>(self) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }

    fn visit_bool<E>(self, _: bool) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }

    fn visit_i64<E>(self, _: i64) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }

    fn visit_u64<E>(self, _: u64) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }

    fn visit_f64<E>(self, _: f64) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }

    fn visit_str<E>(self, _: &str) -> Result<UniqueMembers, E> {
        Ok(UniqueMembers)
    }
}
