//! Stakes from statements of the Beneficial Ownership Data Standard, version 0.4.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tollgate_model::{Date, Decimal, Stake};

use crate::error::{InputError, InputErrors, MAX_ERRORS};

pub(crate) const MEND: &str =
    "give an array of statements as https://standard.openownership.org/en/0.4.0/ defines them, or a CSV";

/// Reads an array of statements: the direct shareholdings of relationship records that are not closed, each record by its last statement.
///
/// Parties are named by their record ids. A share that is given as a range counts by its lower end, so that the rest stays unaccounted for;
/// an interested party that is not named is nobody's, and its share stays unaccounted for too. A shareholding without a share is one of unknown size.
/// Voting rights and control are no ownership.
pub(crate) fn stakes(statements: &[Value], path: &Path) -> Result<Vec<Stake>, InputErrors> {
    let wrong = |what: String| InputErrors(vec![InputError::file(path, what, MEND)]);
    let mut records: BTreeMap<&str, (u64, &Value)> = BTreeMap::new();
    for (row, statement) in (1..).zip(statements) {
        let text = |key: &str| statement.get(key).and_then(Value::as_str);
        match (text("recordType"), text("recordId")) {
            (Some("relationship"), Some(id)) => {
                records.insert(id, (row, statement));
            }
            (Some("entity" | "person"), _) => {}
            _ => return Err(wrong(format!("statement {row} has no recordType and recordId of version 0.4"))),
        }
    }
    let (mut stakes, mut errors) = (Vec::new(), Vec::new());
    for (row, statement) in records.into_values() {
        if statement.get("recordStatus").and_then(Value::as_str) == Some("closed") {
            continue;
        }
        if let Err(what) = relationship(statement, &mut stakes)
            && errors.len() < MAX_ERRORS
        {
            errors.push(InputError { row, ..InputError::file(path, what, MEND) });
        }
    }
    if errors.is_empty() { Ok(stakes) } else { Err(InputErrors(errors)) }
}

fn relationship(statement: &Value, stakes: &mut Vec<Stake>) -> Result<(), String> {
    let details = statement.get("recordDetails").ok_or("has no recordDetails")?;
    let owned = details.get("subject").and_then(Value::as_str).ok_or("names no subject")?;
    // An object here says why the party is not named.
    let Some(owner) = details.get("interestedParty").and_then(Value::as_str) else { return Ok(()) };
    let interests = details.get("interests").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for interest in interests {
        let text = |key: &str| interest.get(key).and_then(Value::as_str);
        if text("type") != Some("shareholding") || text("directOrIndirect") == Some("indirect") {
            continue;
        }
        let share = interest.get("share");
        let part = |key: &str| share.and_then(|share| share.get(key)).filter(|value| value.is_number());
        let percent = ["exact", "minimum", "exclusiveMinimum"].into_iter().find_map(part);
        let percent = percent.map(|percent| share_of(&percent.to_string())).transpose()?;
        let day = |key: &str| {
            text(key).map(|day| day.parse::<Date>().map_err(|_| format!("has a {key} of {day}"))).transpose()
        };
        let (from, until) = (day("startDate")?, day("endDate")?);
        stakes.push(Stake {
            owner_id: owner.to_owned(),
            owned_id: owned.to_owned(),
            percent,
            from,
            until,
            controls: false,
        });
    }
    Ok(())
}

/// A share as a number from 0 to 100.
pub(crate) fn share_of(text: &str) -> Result<Decimal, String> {
    let share = text.parse::<Decimal>().ok();
    let fits = |share: &Decimal| share.thousandths().is_some_and(|share| (0..=100_000).contains(&share));
    share.filter(fits).ok_or_else(|| format!("has a share of {text}, not 0 to 100 percent in thousandths or coarser"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Stake>, InputErrors> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("statements.json");
        std::fs::write(&path, text).unwrap();
        crate::ownership::read_json(&path)
    }

    fn statement(id: &str, status: &str, party: &str, interest: &str) -> String {
        format!(
            r#"{{"recordId":"{id}","recordType":"relationship","recordStatus":"{status}","recordDetails":{{"subject":"b","interestedParty":{party},"interests":[{interest}]}}}}"#
        )
    }

    #[test]
    fn direct_shareholdings_of_open_records_are_stakes() {
        let all = [
            statement("r1", "new", "\"a\"", r#"{"type":"shareholding","share":{"exact":30}}"#),
            statement(
                "r1",
                "updated",
                "\"a\"",
                r#"{"type":"shareholding","startDate":"2020-01-01","share":{"exact":62.5}}"#,
            ),
            statement("r2", "new", "\"c\"", r#"{"type":"shareholding","share":{"minimum":25,"maximum":50}}"#),
            statement("r3", "closed", "\"d\"", r#"{"type":"shareholding","share":{"exact":10}}"#),
            statement("r4", "new", "{\"reason\":\"unknown\"}", r#"{"type":"shareholding","share":{"exact":5}}"#),
            statement("r5", "new", "\"e\"", r#"{"type":"votingRights","share":{"exact":90}}"#),
            statement(
                "r6",
                "new",
                "\"f\"",
                r#"{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":90}}"#,
            ),
        ];
        let stakes = read_text(&format!("[{}]", all.join(","))).unwrap();
        let short: Vec<(String, String, Option<i64>)> = stakes
            .iter()
            .map(|stake| {
                (
                    stake.owner_id.clone(),
                    stake.owned_id.clone(),
                    stake.percent.and_then(|percent| percent.thousandths()),
                )
            })
            .collect();
        assert_eq!(short, [("a".into(), "b".into(), Some(62_500)), ("c".into(), "b".into(), Some(25_000))]);
        assert!(stakes[0].from.is_some());
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        for text in ["", "{}", "[1]", r#"[{"statementType":"ownershipOrControlStatement"}]"#] {
            assert!(read_text(text).is_err(), "{text}");
        }
        let wrong = statement("r1", "new", "\"a\"", r#"{"type":"shareholding","share":{"exact":130}}"#);
        assert_eq!(read_text(&format!("[{wrong}]")).unwrap_err().0[0].row, 1);
    }
}
