//! Values none of whose objects has a member twice: who reads such an object keeps one of the two and loses the other without a word.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

/// Any value of a self-describing format, of which nothing is kept. Reading it fails where an object in it has a member twice; the error says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UniqueMembers;

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<UniqueMembers, D::Error> {
        match Any::deserialize(reader)?.repeated_member() {
            Some(key) => Err(D::Error::custom(format!("has an object with the member `{key}` twice"))),
            None => Ok(UniqueMembers),
        }
    }
}

/// A value by what it holds.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Any {
    Object(Object),
    Array(Vec<Any>),
    Other(IgnoredAny),
}

impl Any {
    fn repeated_member(self) -> Option<String> {
        match self {
            Any::Object(Object { repeated_member }) => repeated_member,
            Any::Array(values) => values.into_iter().find_map(Any::repeated_member),
            Any::Other(_) => None,
        }
    }
}

/// The first member of an object, or of one within it, that stands twice.
struct Object {
    repeated_member: Option<String>,
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Object, D::Error> {
        reader.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Object, A::Error> {
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut repeated_member = None;
        while let Some((key, value)) = object.next_entry::<String, Any>()? {
            let within = value.repeated_member();
            repeated_member = repeated_member.or(within).or_else(|| seen.replace(key));
        }
        Ok(Object { repeated_member })
    }
}
