//! Stakes from GLEIF's relationship records ("level 2": who owns whom), common data format 2.1 in JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tollgate_model::{Date, Diagnostics, Stake};

use crate::bods::{partial_day, share_of};
use crate::days::{changes, holds, uncovered};
use crate::mistakes::{Cell, Mistakes};

const MEND: &str = "give an array of objects with `Relationship` as GLEIF publishes them";

/// Reads the active consolidations; parties are named by their LEI.
///
/// A parent that consolidates a company in its accounts controls it, but the record seldom says by what part: the stake is then one of unknown size.
/// A branch belongs to its head; funds are no ownership. An ultimate parent counts on the days on which no record names a direct one.
pub(crate) fn stakes(records: &[Value], path: &Path) -> Result<Vec<Stake>, Diagnostics> {
    let (mut direct, mut ultimate, mut mistakes) = (Vec::new(), Vec::new(), Mistakes::new(path));
    for (row, record) in (1..).zip(records) {
        match consolidation(record) {
            Ok(Some((true, stake))) => direct.push(stake),
            Ok(Some((false, stake))) => ultimate.push(stake),
            Ok(None) => {}
            Err(what) => mistakes.add("bad-record", Cell::row(row), what, MEND),
        }
    }
    mistakes.into_result(())?;
    let mut of_company: BTreeMap<&str, Vec<&Stake>> = BTreeMap::new();
    for stake in &direct {
        of_company.entry(stake.owned_id.as_str()).or_default().push(stake);
    }
    let beside = ultimate.iter().flat_map(|stake| {
        let known = of_company.get(stake.owned_id.as_str()).map_or(&[][..], Vec::as_slice);
        uncovered(stake, changes(known.iter().copied()), |day| known.iter().any(|direct| holds(direct, day)))
    });
    let beside: Vec<Stake> = beside.collect();
    direct.extend(beside);
    Ok(direct)
}

/// Relationships of funds, which are no ownership.
const FUNDS: [&str; 3] = ["IS_FUND-MANAGED_BY", "IS_SUBFUND_OF", "IS_FEEDER_TO"];

/// A record's stake, and whether it is the direct parent's.
fn consolidation(record: &Value) -> Result<Option<(bool, Stake)>, String> {
    let relationship = record.get("Relationship").ok_or("has no Relationship")?;
    let text = |key: &str| relationship.get(key).and_then(Value::as_str);
    let kind = text("RelationshipType").ok_or("has no RelationshipType")?;
    let branch = kind == "IS_INTERNATIONAL_BRANCH_OF";
    let direct = match kind {
        "IS_DIRECTLY_CONSOLIDATED_BY" | "IS_INTERNATIONAL_BRANCH_OF" => true,
        "IS_ULTIMATELY_CONSOLIDATED_BY" => false,
        kind if FUNDS.contains(&kind) => return Ok(None),
        kind => return Err(format!("has a RelationshipType of {kind}, which is not known")),
    };
    let node = |key: &str| {
        let id = relationship.get(key).and_then(|node| node.get("NodeID")).and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| format!("has no {key} with a NodeID"))
    };
    let items = |key: &str| relationship.get(key).and_then(Value::as_array).into_iter().flatten();
    let is = |item: &&Value, key: &str, word: &str| item.get(key).and_then(Value::as_str) == Some(word);
    let period = items("RelationshipPeriods").find(|period| is(period, "PeriodType", "RELATIONSHIP_PERIOD"));
    let day = |key: &str, start: bool| -> Result<Option<Date>, String> {
        let text = period.and_then(|period| period.get(key)).and_then(Value::as_str);
        text.map(|text| partial_day(text, start).ok_or_else(|| format!("has a {key} of {text}"))).transpose()
    };
    let until = day("EndDate", false)?;
    // What has ended counts up to its end; where nobody says when that was, it does not count.
    if until.is_none() && text("RelationshipStatus").is_some_and(|status| status.eq_ignore_ascii_case("inactive")) {
        return Ok(None);
    }
    let share = items("RelationshipQuantifiers").find(|quantifier| is(quantifier, "QuantifierUnits", "PERCENTAGE"));
    let amount = share.and_then(|share| share.get("QuantifierAmount"));
    let amount = amount.map(|amount| amount.as_str().map_or_else(|| amount.to_string(), str::to_owned));
    let percent = amount.map(|amount| share_of(&amount)).transpose()?;
    let percent = if branch { Some(share_of("100")?) } else { percent };
    Ok(Some((
        direct,
        Stake {
            owner_id: node("EndNode")?,
            owned_id: node("StartNode")?,
            percent,
            from: day("StartDate", true)?,
            until,
            controls: true,
        },
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: &str, child: &str, parent: &str, more: &str) -> String {
        format!(
            r#"{{"Relationship":{{"StartNode":{{"NodeID":"{child}"}},"EndNode":{{"NodeID":"{parent}"}},"RelationshipType":"{kind}"{more}}}}}"#
        )
    }

    fn read(records: &[String]) -> Result<Vec<Stake>, Diagnostics> {
        let records: Vec<Value> = records.iter().map(|record| serde_json::from_str(record).unwrap()).collect();
        stakes(&records, Path::new("rr.json"))
    }

    #[test]
    fn consolidations_are_stakes_of_unknown_size() {
        let period = r#","RelationshipStatus":"ACTIVE","RelationshipPeriods":[{"StartDate":"2019-03-01T00:00:00.000Z","PeriodType":"RELATIONSHIP_PERIOD"}]"#;
        let share = r#","RelationshipQuantifiers":[{"QuantifierUnits":"PERCENTAGE","QuantifierAmount":"62.5"}]"#;
        let stakes = read(&[
            record("IS_FUND-MANAGED_BY", "c", "manager", ""),
            record("IS_ULTIMATELY_CONSOLIDATED_BY", "c", "top", period),
            record("IS_DIRECTLY_CONSOLIDATED_BY", "c", "p", period),
            record("IS_ULTIMATELY_CONSOLIDATED_BY", "d", "top", share),
            record("IS_DIRECTLY_CONSOLIDATED_BY", "e", "p", r#","RelationshipStatus":"INACTIVE""#),
        ])
        .unwrap();
        let short: Vec<_> = stakes.iter().map(|stake| (stake.owner_id.as_str(), stake.owned_id.as_str())).collect();
        assert_eq!(short, [("p", "c"), ("top", "d")]);
        assert_eq!((stakes[0].percent, stakes[0].from), (None, Some("2019-03-01".parse().unwrap())));
        assert_eq!(stakes[1].percent.and_then(|percent| percent.thousandths()), Some(62_500));
        assert!(stakes.iter().all(|stake| stake.controls));
    }

    #[test]
    fn what_is_no_record_is_named_by_its_row() {
        let wrong = read(&[record("IS_DIRECTLY_CONSOLIDATED_BY", "c", "p", ""), "{}".into()]).unwrap_err();
        assert_eq!(wrong.0[0].place.row, Some(2));
        let share = r#","RelationshipQuantifiers":[{"QuantifierUnits":"PERCENTAGE","QuantifierAmount":"162"}]"#;
        assert!(read(&[record("IS_DIRECTLY_CONSOLIDATED_BY", "c", "p", share)]).is_err());
        assert!(read(&[record("IS_CONSOLIDATED_BY", "c", "p", "")]).is_err());
        // A status that is written otherwise, or is not told, ends nothing.
        for status in ["active", "NULL"] {
            let status = format!(",\"RelationshipStatus\":\"{status}\"");
            assert_eq!(read(&[record("IS_DIRECTLY_CONSOLIDATED_BY", "c", "p", &status)]).unwrap().len(), 1);
        }
    }

    #[test]
    fn a_direct_parent_hides_the_ultimate_one_on_its_days_alone() {
        let days = |from: &str, end: &str| {
            format!(
                r#","RelationshipStatus":"ACTIVE","RelationshipPeriods":[{{"StartDate":"{from}"{end},"PeriodType":"RELATIONSHIP_PERIOD"}}]"#
            )
        };
        let stakes = read(&[
            record("IS_ULTIMATELY_CONSOLIDATED_BY", "c", "top", &days("2015-01-01", "")),
            record("IS_DIRECTLY_CONSOLIDATED_BY", "c", "p", &days("2020-01-01", r#","EndDate":"2022-01-01""#)),
        ])
        .unwrap();
        let top = stakes.iter().filter(|stake| stake.owner_id == "top");
        let top: Vec<_> = top.map(|stake| (stake.from, stake.until)).collect();
        let day = |text: &str| Some(text.parse::<Date>().unwrap());
        assert_eq!(top, [(day("2015-01-01"), day("2020-01-01")), (day("2022-01-01"), None)]);
    }
}
