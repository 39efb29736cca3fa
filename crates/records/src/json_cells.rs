//! Cells of JSON as texts, and numbers that may be written in groups.

/// Whether a text is digits in groups of three with points between, as thousands are written in much of Europe.
pub(crate) fn is_grouped(text: &str) -> bool {
    let mut groups = text.trim_start_matches('-').split('.');
    let Some(first) = groups.next() else { return false };
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let mut rest = groups.peekable();
    (1..=3).contains(&first.len())
        && !first.starts_with('0')
        && digits(first)
        && rest.peek().is_some()
        && rest.all(|group| group.len() == 3 && digits(group))
}

/// The members of a JSON object as they stand, also those that stand twice.
pub(crate) struct Members(pub(crate) Vec<(String, serde_json::Value)>);

impl<'de> serde::Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Object;
        impl<'de> serde::de::Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A cell of JSON as text; of a list its parts with `;` between. An object is no cell.
pub(crate) fn cell(value: &serde_json::Value) -> Result<Option<String>, &'static str> {
    use serde_json::Value;
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        // A number of JSON has a decimal point and nothing else, which one more place shows.
        Value::Number(number) if is_grouped(&number.to_string()) => Ok(Some(format!("{number}0"))),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        Value::Object(_) => Err("is an object, which no cell can hold"),
        Value::Array(values) => {
            let mut parts = Vec::new();
            for value in values {
                if value.is_array() {
                    return Err("is a list of lists, which no cell can hold");
                }
                parts.extend(cell(value)?);
            }
            Ok(Some(parts.join(";")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_between_thousands_are_seen() {
        for text in ["1.000", "1.560", "295.000", "1.000.000", "-1.500"] {
            assert!(is_grouped(text), "{text}");
        }
        for text in ["1", "0.125", "5.92", "1.0000", "1000.000", "1.00", "", ".500", "1.2.3"] {
            assert!(!is_grouped(text), "{text}");
        }
    }
}
