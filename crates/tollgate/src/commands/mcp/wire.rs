//! What comes over the wire, looked at before it is parsed: of a member that stands twice in an object, a parser takes one and drops the other.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};

/// Longer lines are passed on in pieces, and dropped by who reads them.
const MOST_BYTES: u64 = 16 << 20;

/// Passes lines on until the source ends; in the place of arguments in which a member stands twice, its name.
pub(super) async fn pass_on(source: impl AsyncRead + Unpin, mut sink: DuplexStream) {
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = (&mut source).take(MOST_BYTES).read_until(b'\n', &mut line).await;
        if !matches!(read, Ok(count) if count > 0) {
            return;
        }
        let shown = with_repeated_shown(&line);
        if sink.write_all(shown.as_deref().unwrap_or(&line)).await.is_err() {
            return;
        }
    }
}

/// A line in which the arguments are replaced by the name of a member that stands twice; `None` where none does.
fn with_repeated_shown(line: &[u8]) -> Option<Vec<u8>> {
    let Repeated(Some(name)) = serde_json::from_slice(line).ok()? else { return None };
    let mut message: Value = serde_json::from_slice(line).ok()?;
    let arguments = message.get_mut("params")?.get_mut("arguments")?;
    *arguments = json!({ (format!("{name} (which stands twice)")): true });
    let mut text = serde_json::to_vec(&message).ok()?;
    text.push(b'\n');
    Some(text)
}

/// The first member that stands twice in an object of some JSON.
struct Repeated(Option<String>);

impl<'de> Deserialize<'de> for Repeated {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Repeated, D::Error> {
        deserializer.deserialize_any(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Repeated;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Repeated, A::Error> {
        let mut names = BTreeSet::new();
        let mut first = None;
        while let Some(name) = map.next_key::<String>()? {
            let Repeated(inner) = map.next_value()?;
            let is_new = names.insert(name.clone());
            first = first.or(if is_new { inner } else { Some(name) });
        }
        Ok(Repeated(first))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Repeated, A::Error> {
        let mut first = None;
        while let Some(Repeated(inner)) = items.next_element()? {
            first = first.or(inner);
        }
        Ok(Repeated(first))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }

    fn visit_str<E>(self, _: &str) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }

    fn visit_unit<E>(self) -> Result<Repeated, E> {
        Ok(Repeated(None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_that_stands_twice_takes_the_place_of_the_arguments() {
        let line = br#"{"id":1,"params":{"name":"decide","arguments":{"lines":[{"quantity":1,"quantity":100}]}}}"#;
        let shown = String::from_utf8(with_repeated_shown(line).unwrap()).unwrap();
        assert!(shown.contains("quantity (which stands twice)"), "{shown}");
        let once = br#"{"id":1,"params":{"name":"decide","arguments":{"lines":[{"quantity":1},{"quantity":2}]}}}"#;
        assert_eq!(with_repeated_shown(once), None);
        assert_eq!(with_repeated_shown(b"no json\n"), None);
    }
}
