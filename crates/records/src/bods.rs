//! Stakes from statements of the Beneficial Ownership Data Standard, versions 0.2 to 0.4.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tollgate_model::{Date, Decimal, Diagnostic, Diagnostics, Stake};

use crate::mistakes::{Cell, Mistakes};
use crate::shareholdings::{Holding, Shareholdings};

pub(crate) const MEND: &str =
    "give an array of statements as https://standard.openownership.org/en/0.4.0/ defines them, or a CSV";

/// What one statement says of a relationship, and from when.
struct Statement<'v> {
    row: u64,
    date: Option<Date>,
    closes: bool,
    subject: Option<&'v str>,
    party: Option<&'v str>,
    interests: &'v [Value],
}

impl Statement<'_> {
    /// Its place among the statements of its record: those without a day stand before those with one, and of one day what closes it comes last.
    fn order(&self) -> (Option<Date>, bool) {
        (self.date, self.closes)
    }
}

/// Reads statements of version 0.2, 0.3 or 0.4: the shareholdings of each relationship, each from its day to that of the statement that came after it,
/// whatever the order in which they stand.
///
/// Parties are named by the ids that the statements use. A share that is given as a range counts by its lower end, so that the rest stays unaccounted for;
/// an interested party that is not named is nobody's, and its share stays unaccounted for too. A shareholding without a share is one of unknown size. An
/// indirect one counts on the days on which direct ones do not already lead from its holder to the company. Control is no ownership. Rights that go with a
/// share as a rule, such as votes, are a stake of unknown size on the days on which no share of the same holder is stated: the rule is about ownership, and
/// whether there is any, nobody has said.
pub(crate) fn stakes(statements: &[Value], path: &Path) -> Result<Vec<Stake>, Diagnostics> {
    let mut records: BTreeMap<&str, Vec<Statement<'_>>> = BTreeMap::new();
    let replaced = replaced_statements(statements);
    for (row, value) in (1..).zip(statements) {
        let wrong = |what: String| Diagnostic::new("bad-statement", Cell::row(row).in_file(path), what, MEND);
        if let Some((id, statement)) = read_statement(row, value).map_err(wrong)? {
            records.entry(first_of(id, &replaced)).or_default().push(statement);
        }
    }
    let (mut held, mut mistakes) = (Shareholdings::default(), Mistakes::new(path));
    for mut record in records.into_values() {
        record.sort_by_key(Statement::order);
        // Where one without a day closes a record that others give days, it is not known until when these hold.
        let is_closed = record.iter().any(|statement| statement.closes && statement.date.is_none())
            && record.last().is_some_and(|last| !last.closes && last.date.is_some());
        for (place, statement) in record.iter().enumerate() {
            let next = record.get(place + 1);
            if statement.closes || next.is_some_and(|next| next.date.is_none() || next.date == statement.date) {
                continue;
            }
            let since = statement.date.filter(|_| place > 0);
            match shareholdings(statement, since, next.and_then(|next| next.date)) {
                Ok(all) => all.into_iter().for_each(|(kind, stake)| held.add(kind, stake, is_closed)),
                Err(what) => mistakes.add("bad-statement", Cell::row(statement.row), what, MEND),
            }
        }
    }
    mistakes.into_result(())?;
    Ok(held.into_stakes())
}

/// The statement that describes a party of a version before 0.4.
fn described(party: &Value) -> Option<&str> {
    ["describedByEntityStatement", "describedByPersonStatement"].into_iter().find_map(|kind| party.get(kind)?.as_str())
}

/// The interested party that a statement names; nothing where it says why it names none. The error says that neither is understood.
fn named_party(party: Option<&Value>) -> Result<Option<&str>, String> {
    let Some(party) = party.filter(|party| !party.is_null()) else { return Ok(None) };
    let name = party.as_str().filter(|name| !name.is_empty()).or_else(|| described(party));
    let says_why =
        ["reason", "description", "unspecified", "unspecifiedReason"].iter().any(|key| party.get(*key).is_some());
    match name {
        None if !says_why => Err("names an interestedParty in a form that is not known".to_owned()),
        name => Ok(name),
    }
}

/// The statement that each statement replaces, and among several that one replaces the one that stands for the others: versions before 0.4 have no
/// records. The order of the statements makes no difference.
fn replaced_statements(statements: &[Value]) -> BTreeMap<&str, &str> {
    let mut replaced: BTreeMap<&str, &str> = BTreeMap::new();
    for statement in statements {
        let Some(id) = statement.get("statementID").and_then(Value::as_str) else { continue };
        for before in elements(Some(statement), "replacesStatements").iter().filter_map(Value::as_str) {
            let (later, earlier) = (first_of(id, &replaced), first_of(before, &replaced));
            if later != earlier {
                replaced.insert(later, earlier);
            }
        }
    }
    replaced
}

/// The id of the first of the statements that one replaces, which stands for all of them as a record.
fn first_of<'v>(id: &'v str, replaced: &BTreeMap<&'v str, &'v str>) -> &'v str {
    let mut first = id;
    // No circle can arise: a first statement is only ever given another one before it.
    while let Some(before) = replaced.get(first) {
        first = before;
    }
    first
}

/// The elements of a member that is an array; none where the object has no such member, as most statements have none of most.
fn elements<'v>(object: Option<&'v Value>, member: &str) -> &'v [Value] {
    object.and_then(|object| object.get(member)).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// What a statement says of a relationship, with the id of its record; nothing where it describes a person or an entity. The error says what is wrong with it.
fn read_statement(row: u64, statement: &Value) -> Result<Option<(&str, Statement<'_>)>, String> {
    let text = |key: &str| statement.get(key).and_then(Value::as_str);
    let date =
        text("statementDate").map(|day| partial_day(day, true).ok_or_else(|| format!("has a statementDate of {day}")));
    let date = date.transpose()?;
    match (text("recordType"), text("recordId"), text("statementType"), text("statementID")) {
        (Some("relationship"), Some(id), ..) => {
            let details = statement.get("recordDetails");
            let closes = text("recordStatus") == Some("closed");
            if details.is_none() && !closes {
                return Err("has no recordDetails".to_owned());
            }
            let subject = details.and_then(|details| details.get("subject")).and_then(Value::as_str);
            let interests = elements(details, "interests");
            let party = named_party(details.and_then(|details| details.get("interestedParty")))?;
            Ok(Some((id, Statement { row, date, closes, subject, party, interests })))
        }
        (None, _, Some("ownershipOrControlStatement"), Some(id)) => {
            let subject = statement.get("subject").and_then(described);
            let party = named_party(statement.get("interestedParty"))?;
            let closes = statement.get("isClosed").and_then(Value::as_bool) == Some(true);
            let interests = elements(Some(statement), "interests");
            Ok(Some((id, Statement { row, date, closes, subject, party, interests })))
        }
        (Some("entity" | "person"), ..) | (None, _, Some("entityStatement" | "personStatement"), _) => Ok(None),
        _ => Err("has neither the recordType and recordId of version 0.4 nor the statementType and statementID of those before".to_owned()),
    }
}

/// What a statement says that its party holds, since a day until another. The error says what is wrong with it.
fn shareholdings(
    statement: &Statement<'_>,
    since: Option<Date>,
    until: Option<Date>,
) -> Result<Vec<(Holding, Stake)>, String> {
    let owned = statement.subject.ok_or("names no subject")?;
    // An object here says why the party is not named.
    let Some(owner) = statement.party else { return Ok(Vec::new()) };
    // Who is named as an interested party without an interest, or with one that is not told, may hold a share.
    let unknown = Value::Null;
    let interests = if statement.interests.is_empty() { std::slice::from_ref(&unknown) } else { statement.interests };
    let mut held = Vec::new();
    for interest in interests {
        let text = |key: &str| interest.get(key).and_then(Value::as_str);
        let right = text("type").map_or(Right::Ownership, Right::of_kind);
        if right == Right::None {
            continue;
        }
        let share = interest.get("share");
        let part = |key: &str| share.and_then(|share| share.get(key)).filter(|value| value.is_number());
        let percent = ["exact", "minimum", "exclusiveMinimum"].into_iter().find_map(part);
        let percent = percent.map(|percent| share_of(&percent.to_string())).transpose()?;
        let percent = percent.filter(|_| right == Right::Ownership);
        let day = |key: &str, start: bool| {
            text(key).map(|day| partial_day(day, start).ok_or_else(|| format!("has a {key} of {day}"))).transpose()
        };
        let (from, ends) = (day("startDate", true)?, day("endDate", false)?);
        // An interest that ends before it begins is held at times that nobody knows, and so by a share that nobody knows.
        let is_reversed = from.zip(ends).is_some_and(|(from, ends)| ends < from);
        let (from, ends, percent) = if is_reversed { (None, None, None) } else { (from, ends, percent) };
        let holding = match (right, text("directOrIndirect").or(text("interestLevel"))) {
            (Right::MayBeOwnership, _) => Holding::Rights,
            (_, Some("indirect")) => Holding::Indirect,
            _ => Holding::Direct,
        };
        let stake = Stake {
            owner_id: owner.to_owned(),
            owned_id: owned.to_owned(),
            percent,
            from: from.max(since),
            until: [ends, until].into_iter().flatten().min(),
            controls: false,
        };
        held.push((holding, stake));
    }
    Ok(held)
}

/// What an interest of a kind is to the rule, which is about ownership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Right {
    /// A part of the company, or of a kind that is not known, not told or not published: it may be one.
    Ownership,
    /// What goes with a part of it as a rule, so that its holder may own one.
    MayBeOwnership,
    /// Neither.
    None,
}

/// Kinds of interests that go with a part of a company as a rule, as the versions spell them: votes are shareholders', and surplus and profit are members'.
const MAY_BE_OWNERSHIP: [&str; 4] =
    ["votingrights", "rightstosurplusassetsondissolution", "rightstosurplusassets", "rightstoprofitorincome"];

/// Kinds of interests that are no part of a company, as the versions spell them.
const NO_OWNERSHIP: [&str; 20] = [
    "appointmentofboard",
    "otherinfluenceorcontrol",
    "influenceorcontrol",
    "seniormanagingofficial",
    "settlor",
    "settloroftrust",
    "trustee",
    "trusteeoftrust",
    "protector",
    "protectoroftrust",
    "beneficiaryoflegalarrangement",
    "beneficiaryoftrust",
    "otherinfluenceorcontroloftrust",
    "rightsgrantedbycontract",
    "conditionalrightsgrantedbycontract",
    "controlviacompanyrulesorarticles",
    "controlbylegalframework",
    "boardmember",
    "boardchair",
    "enjoymentanduseofassets",
];

impl Right {
    fn of_kind(kind: &str) -> Right {
        let plain: String = kind.chars().filter(char::is_ascii_alphabetic).collect();
        let plain = plain.to_ascii_lowercase();
        if MAY_BE_OWNERSHIP.contains(&plain.as_str()) {
            return Right::MayBeOwnership;
        }
        if NO_OWNERSHIP.contains(&plain.as_str()) { Right::None } else { Right::Ownership }
    }
}

/// The day in a text that may name a year or a month alone or have a time behind it: its first day where something starts, the last where it ends.
pub(crate) fn partial_day(text: &str, start: bool) -> Option<Date> {
    let text = text.trim();
    if let Some(whole) = text.get(..10) {
        return whole.parse().ok();
    }
    let (year, month) = text.split_once('-').map_or((text, None), |(year, month)| (year, Some(month)));
    let year = Some(year).filter(|year| year.len() == 4)?.parse::<i32>().ok()?;
    let month = month.map(|month| month.parse::<u32>().ok().ok_or(())).transpose().ok()?;
    match (start, month) {
        (true, month) => Date::from_ymd(year, month.unwrap_or(1), 1),
        (false, None | Some(12)) => Date::from_ymd(year, 12, 31),
        (false, Some(month)) => Date::from_ymd(year, month + 1, 1).map(Date::before),
    }
}

/// A share as a number from 0 to 100, in millionths of a percent: what is finer, as a third is, is rounded up.
pub(crate) fn share_of(text: &str) -> Result<Decimal, String> {
    let share = text.parse::<Decimal>().ok().filter(|share| !share.is_negative());
    let millionths = share.and_then(|share| share.scaled_up(6)).filter(|millionths| *millionths <= 100_000_000);
    millionths.map(Decimal::from_millionths).ok_or_else(|| format!("has a share of {text}, not 0 to 100 percent"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Vec<Stake>, Diagnostics> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("statements.json");
        std::fs::write(&path, text).unwrap();
        crate::ownership::read_published(&path)
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
        assert_eq!(
            short,
            [
                ("a".into(), "b".into(), Some(62_500)),
                ("c".into(), "b".into(), Some(25_000)),
                ("f".into(), "b".into(), Some(90_000)),
                ("e".into(), "b".into(), None),
            ],
            "an indirect holding counts where no direct ones lead there, and votes as a stake of unknown size"
        );
        assert!(stakes[0].from.is_some());
    }

    #[test]
    fn what_is_no_statement_is_refused() {
        for text in ["", "{}", "[1]", r#"[{"statementType":"ownershipOrControlStatement"}]"#, "<html></html>", "<a><b>"]
        {
            assert!(read_text(text).is_err(), "{text}");
        }
        let wrong = statement("r1", "new", "\"a\"", r#"{"type":"shareholding","share":{"exact":130}}"#);
        assert_eq!(read_text(&format!("[{wrong}]")).unwrap_err().0[0].place.row, Some(1));
    }

    #[test]
    fn statements_count_each_in_its_days_whatever_their_order() {
        let text = [
            r#"{"recordId":"r","recordType":"relationship","recordStatus":"closed","statementDate":"2024-05-01"}"#,
            r#"{"recordId":"r","recordType":"relationship","statementDate":"2022-01-01","recordDetails":{"subject":"b","interestedParty":"a","interests":[{"type":"shareholding","share":{"exact":20}}]}}"#,
            r#"{"recordId":"r","recordType":"relationship","statementDate":"2020-01-01","recordDetails":{"subject":"b","interestedParty":"a","interests":[{"type":"shareholding","startDate":"1895","share":{"exact":60}}]}}"#,
        ];
        let stakes = read_text(&text.join("\n")).unwrap();
        let short: Vec<_> = stakes
            .iter()
            .map(|stake| [stake.from, stake.until].map(|day| day.map_or(String::new(), |day| day.to_string())))
            .collect();
        assert_eq!(short, [["1895-01-01", "2022-01-01"], ["2022-01-01", "2024-05-01"]]);
    }

    #[test]
    fn an_interest_that_ends_before_it_begins_is_a_stake_of_unknown_size() {
        let interest =
            r#"{"type":"shareholding","share":{"exact":60},"startDate":"2025-01-01","endDate":"2020-01-01"}"#;
        let stakes = read_text(&format!("[{}]", statement("r1", "new", "\"a\"", interest))).unwrap();
        assert_eq!(stakes.len(), 1);
        assert_eq!((stakes[0].percent, stakes[0].from, stakes[0].until), (None, None, None));
    }

    #[test]
    fn an_interest_that_is_not_told_is_a_stake_of_unknown_size() {
        for (interest, counts) in [
            ("", true),
            (r#"{"type":"unknownInterest"}"#, true),
            (r#"{"details":"a part"}"#, true),
            (r#"{"type":"settlor-of-trust"}"#, false),
            (r#"{"type":"appointmentOfBoard","share":{"exact":70}}"#, false),
            (r#"{"type":"voting-rights","share":{"exact":70}}"#, true),
            (r#"{"type":"rightsToSurplusAssetsOnDissolution","share":{"minimum":75}}"#, true),
        ] {
            let stakes = read_text(&format!("[{}]", statement("r1", "new", "\"a\"", interest))).unwrap();
            assert_eq!((stakes.len(), stakes.iter().all(|stake| stake.percent.is_none())), (usize::from(counts), true));
        }
        let third = statement("r1", "new", "\"a\"", r#"{"type":"shareholding","share":{"exact":33.3333333}}"#);
        let stakes = read_text(&format!("[{third}]")).unwrap();
        assert_eq!(stakes[0].percent, "33.333334".parse().ok());
    }

    #[test]
    fn versions_before_0_4_are_read_and_replaced_statements_end() {
        let statement = |id: &str, share: u32, date: &str, more: &str| {
            format!(
                r#"{{"statementID":"{id}","statementType":"ownershipOrControlStatement","statementDate":"{date}"{more},"subject":{{"describedByEntityStatement":"b"}},"interestedParty":{{"describedByPersonStatement":"a"}},"interests":[{{"type":"shareholding","interestLevel":"direct","share":{{"exact":{share}}}}}]}}"#
            )
        };
        let replacing = statement("s2", 30, "2021-01-01", r#","replacesStatements":["s1"]"#);
        let stakes = read_text(&format!("[{},{replacing}]", statement("s1", 60, "2019-01-01", ""))).unwrap();
        let until: Vec<_> = stakes.iter().map(|stake| stake.until.map(|day| day.to_string())).collect();
        assert_eq!(until, [Some("2021-01-01".to_owned()), None]);
        // In the other order, over three statements.
        let last = statement("s3", 10, "2023-01-01", r#","replacesStatements":["s2"]"#);
        let stakes = read_text(&format!("[{last},{replacing},{}]", statement("s1", 60, "2019-01-01", ""))).unwrap();
        let until: Vec<_> = stakes.iter().map(|stake| stake.until.map(|day| day.to_string())).collect();
        assert_eq!(until, [Some("2021-01-01".to_owned()), Some("2023-01-01".to_owned()), None]);
    }
    #[test]
    fn votes_are_of_unknown_size_where_no_share_of_the_holder_is_stated() {
        let votes = r#"{"type":"votingRights","share":{"exact":90},"startDate":"2020-01-01"}"#;
        let shares = r#"{"type":"shareholding","share":{"exact":30},"startDate":"2022-01-01"}"#;
        // In one statement or in two, directly or through others.
        let indirect = shares.replace("\"share\"", "\"directOrIndirect\":\"indirect\",\"share\"");
        let both = [
            format!("[{}]", statement("r1", "new", "\"a\"", &format!("{votes},{shares}"))),
            format!("[{},{}]", statement("r1", "new", "\"a\"", votes), statement("r2", "new", "\"a\"", &indirect)),
        ];
        for text in both {
            let mut stakes = read_text(&text).unwrap();
            stakes.sort_by_key(|stake| stake.from);
            let days: Vec<_> = stakes.iter().map(|stake| (stake.percent.is_some(), stake.until.is_some())).collect();
            assert_eq!(days, [(false, true), (true, false)], "{text}");
        }
    }

    #[test]
    fn a_chain_that_has_ended_does_not_hide_an_indirect_holding() {
        let one = |id: &str, owner: &str, owned: &str, interest: &str| {
            format!(
                r#"{{"recordId":"{id}","recordType":"relationship","recordDetails":{{"subject":"{owned}","interestedParty":"{owner}","interests":[{interest}]}}}}"#
            )
        };
        let direct = r#"{"type":"shareholding","share":{"exact":100},"endDate":"2021-06-30"}"#;
        let indirect = r#"{"type":"shareholding","directOrIndirect":"indirect","share":{"exact":60}}"#;
        let all = [one("r1", "a", "b", direct), one("r2", "b", "c", direct), one("r3", "a", "c", indirect)];
        let stakes = read_text(&format!("[{}]", all.join(","))).unwrap();
        let beside: Vec<_> = stakes.iter().filter(|stake| stake.owner_id == "a" && stake.owned_id == "c").collect();
        assert_eq!(beside.len(), 1);
        assert_eq!(beside[0].from, Some("2021-06-30".parse().unwrap()));
    }

    #[test]
    fn the_order_of_statements_of_one_day_and_a_closing_without_a_day_hide_nothing() {
        let one = |status: &str, date: &str| {
            format!(
                r#"{{"recordId":"r","recordType":"relationship","recordStatus":"{status}"{date},"recordDetails":{{"subject":"b","interestedParty":"a","interests":[{{"type":"shareholding","share":{{"exact":60}}}}]}}}}"#
            )
        };
        let day = r#","statementDate":"2024-05-01""#;
        for all in [[one("closed", day), one("new", day)], [one("new", day), one("closed", day)]] {
            assert!(read_text(&format!("[{}]", all.join(","))).unwrap().is_empty());
        }
        let stakes = read_text(&format!("[{},{}]", one("closed", ""), one("new", day))).unwrap();
        assert_eq!((stakes.len(), stakes[0].percent), (1, None));
    }

    #[test]
    fn a_party_in_another_form_is_named_and_not_left_out() {
        let interest = r#"{"type":"shareholding","share":{"exact":60}}"#;
        for (party, is_read) in [("{\"entity\":\"a\"}", false), ("\"\"", false), ("{\"reason\":\"unknown\"}", true)] {
            let read = read_text(&format!("[{}]", statement("r1", "new", party, interest)));
            assert_eq!(read.is_ok(), is_read, "{party}");
        }
    }
}
