//! Which column of a table is what: by the mapping file, a profile, or its header.

use std::collections::{BTreeMap, BTreeSet};

use tollgate_model::Diagnostic;

use crate::faults::row_fault;
use crate::header::{Target, joined, target, without_unit};
use crate::mapping::TableMapping;
use crate::sheet::Sheet;
use crate::side_columns::{SideColumn, is_party_header, side_columns};
use crate::text::plain;
use crate::vocabulary::{Headers, Profile, headers, profiles};

/// Where the cells of a target are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The column, from 0, and further ones with the same header, which must say the same.
    pub(crate) places: Vec<usize>,
    /// The header.
    pub(crate) header: String,
    /// What stands in brackets behind it, such as `thousands` or `kg`, in plain letters.
    pub(crate) unit: String,
}

/// How a table is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// `orders`, `parties` or `left_out`.
    pub(crate) kind: String,
    pub(crate) profile: Option<String>,
    pub(crate) header_row: u64,
    /// The headers in their order.
    pub(crate) header: Vec<String>,
    pub(crate) sources: BTreeMap<String, Source>,
    /// Further columns that name parties, of which each line's are taken as well.
    pub(crate) further_parties: Vec<Source>,
    /// Further columns for a country that another column names as well, of which both must say the same.
    pub(crate) rivals: Vec<(String, Source)>,
    /// Of several columns that name the goods, the first that is not taken for their names.
    further_goods: Option<Source>,
    /// Columns that are read as nothing, and may hold something all the same.
    pub(crate) side_columns: Vec<SideColumn>,
    /// What the mapping leaves out, by header or by what it is.
    pub(crate) ignored: BTreeSet<String>,
    /// Headers that are not read, and why.
    pub(crate) unread: Vec<(String, String)>,
    pub(crate) fill_down: bool,
    pub(crate) origin: Option<String>,
    /// Whether quantities without a unit count packages.
    pub(crate) counts_packages: bool,
}

/// What the mapping calls a further column that names parties.
const FURTHER_PARTY: &str = "further_party";
/// Who receives or buys: of several columns for one of these, each names somebody.
const RECEIVERS: &[&str] = &["purchaser", "intermediate_consignee", "ultimate_consignee", "end_user", "notify_party"];
/// Countries: of several columns for one of these, all must say the same.
const COUNTRIES: &[&str] = &[
    "destination",
    "ship_to_country",
    "ultimate_consignee_country",
    "ultimate_consignee_hq_country",
    "end_user_country",
    "end_user_hq_country",
    "purchaser_country",
    "intermediate_consignee_country",
];
/// Columns that are known and of which nothing follows.
const OF_NO_USE: &[&str] = &["made_in", "net_weight", "quantity_2", "gpus_on_order", "country_only", "postal_code"];

/// So many rows may stand before the headers.
const MAX_PREAMBLE: usize = 80;

/// How many cells of a row are headers of a kind of table, each target once.
fn header_score(cells: &[String], section: &Headers, profile: Option<&Profile>) -> usize {
    let targets: BTreeSet<&str> =
        cells.iter().filter_map(|cell| target(cell, section, profile)).map(|found| found.target).collect();
    targets.len()
}

/// How many different columns of orders or parties a row of cells names.
pub(crate) fn words_of_header(cells: &[String]) -> usize {
    ["orders", "parties"].into_iter().map(|kind| header_score(cells, headers(kind), None)).max().unwrap_or(0)
}

/// The columns of orders that a row of headers names, by any of their names.
pub(crate) fn targets_of(cells: &[String]) -> BTreeSet<&'static str> {
    cells.iter().filter_map(|cell| target(cell, headers("orders"), None)).map(|found| found.target).collect()
}

/// How a sheet is read; None where no row of it looks like headers. The error names no file.
pub(crate) fn plan(sheet: &Sheet, mapping: Option<&TableMapping>) -> Result<Option<Plan>, Diagnostic> {
    let head = sheet.head(MAX_PREAMBLE)?;
    let stated = mapping.and_then(|mapping| mapping.header_row);
    let score = |cells: &[String]| match mapping {
        Some(mapping) if !mapping.columns.is_empty() => {
            cells.iter().filter(|cell| mapping.columns.contains_key(cell.trim())).count()
        }
        _ => words_of_header(cells),
    };
    let found = match stated {
        Some(row) => head.iter().find(|(number, _)| *number == row),
        None => head.iter().rev().max_by_key(|(_, cells)| score(cells)).filter(|(_, cells)| score(cells) >= 2),
    };
    let Some((row, _)) = found else { return Ok(None) };
    let (row, cells) = header_at(&head, *row);
    check_side_by_side(&cells, row)?;
    let mut plan = Plan { header_row: row, header: cells, ..Plan::default() };
    let stated_profile = mapping.and_then(|mapping| mapping.profile.as_deref());
    let present: BTreeSet<String> =
        plan.header.iter().flat_map(|cell| [plain(cell), plain(without_unit(cell).0)]).collect();
    let fits = |profile: &&Profile| profile.signs.iter().all(|sign| present.contains(sign));
    let profile = match stated_profile {
        // Several forms of one program's exports have one name.
        Some(name) => {
            let mut of_name = profiles().iter().filter(|profile| profile.name == name);
            of_name.clone().find(fits).or_else(|| of_name.next())
        }
        None => profiles().iter().find(fits),
    };
    plan.kind = match mapping {
        Some(mapping) => mapping.kind.clone(),
        None => kind(&plan.header, profile).to_owned(),
    };
    let profile = profile.filter(|_| plan.kind == "orders");
    plan.profile = profile.map(|profile| profile.name.clone());
    plan.counts_packages = profile.is_some_and(|profile| profile.counts_packages);
    plan.fill_down =
        mapping.and_then(|mapping| mapping.fill_down).unwrap_or(profile.is_some_and(|profile| profile.fill_down));
    plan.origin = mapping
        .and_then(|mapping| mapping.origin.clone())
        .or_else(|| profile.and_then(|profile| profile.origin.clone()));
    place_columns(&mut plan, mapping, profile);
    if mapping.is_none_or(|mapping| mapping.columns.is_empty()) {
        settle_columns(&mut plan, &head);
    }
    if plan.kind == "orders" {
        let rivals = plan.rivals.iter().map(|(_, source)| source);
        let sources = plan.sources.values().chain(&plan.further_parties).chain(rivals);
        let read: BTreeSet<usize> = sources.flat_map(|source| source.places.iter().copied()).collect();
        plan.side_columns = side_columns(&plan.header, &read, profile);
    }
    plan.ignored = mapping.map_or_else(BTreeSet::new, |mapping| mapping.ignore.clone());
    Ok(Some(plan))
}

/// The headers that begin or end in a row, and their last row: they may stand in two rows, the upper of which names groups.
fn header_at(head: &[(u64, Vec<String>)], row: u64) -> (u64, Vec<String>) {
    let cells = |row: u64| {
        let cells = head.iter().find(|(number, _)| *number == row).map(|(_, cells)| cells.as_slice()).unwrap_or(&[]);
        cells.iter().map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<String>>()
    };
    let pair = |upper: u64| joined(&cells(upper), &cells(upper + 1)).map(|names| (upper + 1, names));
    let above = row.checked_sub(1).and_then(pair);
    pair(row).or(above).unwrap_or_else(|| (row, cells(row)))
}

/// `orders` where a table has goods, else `parties` where it has names; `left_out` where neither.
fn kind(header: &[String], profile: Option<&Profile>) -> &'static str {
    let targets = |section: &str, profile| -> BTreeSet<String> {
        header
            .iter()
            .filter_map(|cell| target(cell, headers(section), profile))
            .map(|found| found.target.to_owned())
            .collect()
    };
    let orders = targets("orders", profile);
    let parties = targets("parties", None);
    let is_inventory = header.iter().any(|cell| matches!(plain(cell).as_str(), "gpusinstalled" | "uuid" | "gpuuuid"));
    if is_inventory {
        return "left_out";
    }
    let has = |names: &[&str]| names.iter().any(|name| orders.contains(*name));
    if has(&["item", "description"])
        && has(&[
            "quantity",
            "destination",
            "ship_to_country",
            "ultimate_consignee",
            "ultimate_consignee_company",
            "packages",
            "hs_code",
        ])
    {
        "orders"
    } else if parties.contains("name") {
        "parties"
    } else {
        "left_out"
    }
}

fn place_columns(plan: &mut Plan, mapping: Option<&TableMapping>, profile: Option<&Profile>) {
    let section = headers(&plan.kind);
    let mut ranks: BTreeMap<String, usize> = BTreeMap::new();
    // Of several columns that name the goods, those that are not taken for their names.
    let mut further: Vec<Source> = Vec::new();
    for (place, header) in plan.header.iter().enumerate() {
        if header.is_empty() {
            continue;
        }
        let stated = mapping.and_then(|mapping| mapping.columns.get(header));
        let unit = plain(without_unit(header).1);
        let found = match stated {
            Some(target) => Some(Target { target, rank: 0, unit }),
            None => target(header, section, profile).or_else(|| further_party(&plan.kind, header)),
        };
        let found = match usable(found, stated.is_some()) {
            Ok(found) => found,
            Err(why) => {
                plan.unread.push((header.clone(), why));
                continue;
            }
        };
        let source = Source { places: vec![place], header: header.clone(), unit: found.unit };
        if found.target == FURTHER_PARTY {
            plan.further_parties.push(source);
            continue;
        }
        match (plan.sources.get_mut(found.target), ranks.get(found.target).copied()) {
            (Some(other), _) if other.header == source.header => other.places.push(place),
            (Some(_), Some(rank)) if rank <= found.rank && RECEIVERS.contains(&found.target) => {
                plan.further_parties.push(source);
            }
            (Some(_), Some(rank)) if rank <= found.rank && COUNTRIES.contains(&found.target) => {
                plan.rivals.push((found.target.to_owned(), source));
            }
            (Some(other), Some(rank)) if rank <= found.rank => {
                let why = format!("`{}` is taken for `{}`", other.header, found.target);
                plan.unread.push((header.clone(), why));
                if found.target == "item" {
                    further.push(source);
                }
            }
            (other, _) => {
                if let Some(other) = other {
                    if found.target == "item" {
                        further.push(other.clone());
                    }
                    // Each of its places is read by itself: what one says must not hide the others.
                    let each = other.places.iter().map(|place| Source { places: vec![*place], ..other.clone() });
                    if RECEIVERS.contains(&found.target) {
                        plan.further_parties.extend(each);
                    } else if COUNTRIES.contains(&found.target) {
                        plan.rivals.extend(each.map(|source| (found.target.to_owned(), source)));
                    } else {
                        let why = format!("`{header}` is taken for `{}`", found.target);
                        plan.unread.push((other.header.clone(), why));
                    }
                }
                ranks.insert(found.target.to_owned(), found.rank);
                plan.sources.insert(found.target.to_owned(), source);
            }
        }
    }
    place_further_goods(plan, mapping, further);
}

/// A further party, where the words of a header that is not known name one.
fn further_party(kind: &str, header: &str) -> Option<Target<'static>> {
    let is_further = kind == "orders" && is_party_header(header);
    is_further.then(|| Target { target: FURTHER_PARTY, rank: 0, unit: String::new() })
}

/// Takes the first further column of goods for their description, where no other has it.
fn place_further_goods(plan: &mut Plan, mapping: Option<&TableMapping>, further: Vec<Source>) {
    if mapping.is_none_or(|mapping| mapping.columns.is_empty())
        && !plan.sources.contains_key("description")
        && let Some(source) = further.first().cloned()
    {
        plan.unread.retain(|(header, _)| *header != source.header);
        plan.sources.insert("description".to_owned(), source);
    }
    plan.further_goods = further.into_iter().next();
}

/// The target of a column of which something follows; else why it is left unread.
fn usable(found: Option<Target<'_>>, is_stated: bool) -> Result<Target<'_>, String> {
    let found = found.ok_or("it is no column that is known")?;
    if OF_NO_USE.contains(&found.target) {
        return Err(format!("it is known as `{}`, of which nothing follows", found.target));
    }
    if !found.target.is_empty() {
        return Ok(found);
    }
    let why = if is_stated { "the mapping leaves it out" } else { "files of this kind have something else in it" };
    Err(why.to_owned())
}

/// A company that stands alone is the party; a column of numbers under the header `Item` beside one that names the goods has the lines.
fn settle_columns(plan: &mut Plan, head: &[(u64, Vec<String>)]) {
    for (company, role) in [("ultimate_consignee_company", "ultimate_consignee"), ("purchaser_company", "purchaser")] {
        if !plan.sources.contains_key(role)
            && let Some(source) = plan.sources.remove(company)
        {
            plan.sources.insert(role.to_owned(), source);
        }
    }
    let Some(place) = plan.sources.get("item").and_then(|source| source.places.first()).copied() else { return };
    let below: Vec<&str> = head
        .iter()
        .filter(|(number, _)| *number > plan.header_row)
        .filter_map(|(_, cells)| cells.get(place).map(|cell| cell.trim()))
        .filter(|cell| cell.chars().any(char::is_alphanumeric))
        .collect();
    let are_numbers =
        |cells: &[&str]| cells.iter().all(|cell| cell.len() <= 5 && cell.bytes().all(|byte| byte.is_ascii_digit()));
    if plan.sources.contains_key("line") || below.is_empty() || !are_numbers(&below) {
        return;
    }
    let Some(goods) = plan.further_goods.take() else { return };
    plan.unread.retain(|(header, _)| *header != goods.header);
    if plan.sources.get("description").is_some_and(|source| source.header == goods.header) {
        plan.sources.remove("description");
    }
    if let Some(line) = plan.sources.insert("item".to_owned(), goods) {
        plan.sources.insert("line".to_owned(), line);
    }
}

/// Two tables beside each other have their headers twice.
fn check_side_by_side(cells: &[String], row: u64) -> Result<(), Diagnostic> {
    let mut seen = BTreeSet::new();
    let twice = cells.iter().filter(|cell| !cell.is_empty() && !seen.insert(plain(cell))).count();
    if twice >= 3 && twice * 2 >= seen.len() {
        let what = "has the headers of two tables beside each other";
        return Err(row_fault("two-tables", row, what, "put each table on a sheet of its own"));
    }
    Ok(())
}

impl Plan {
    /// The mapping file's words for it.
    pub(crate) fn to_mapping(&self, sheet: &Sheet, encoding: Option<String>) -> TableMapping {
        let mut columns: BTreeMap<String, String> =
            self.sources.iter().map(|(target, source)| (source.header.clone(), target.clone())).collect();
        for source in &self.further_parties {
            columns.entry(source.header.clone()).or_insert_with(|| FURTHER_PARTY.to_owned());
        }
        for (target, source) in &self.rivals {
            columns.entry(source.header.clone()).or_insert_with(|| target.clone());
        }
        for (header, _) in &self.unread {
            columns.entry(header.clone()).or_default();
        }
        TableMapping {
            file: sheet.file.clone(),
            sheet: sheet.name.clone(),
            kind: self.kind.clone(),
            encoding,
            header_row: Some(self.header_row),
            profile: self.profile.clone(),
            fill_down: self.fill_down.then_some(true),
            origin: self.origin.clone(),
            ignore: self.ignored.clone(),
            columns,
        }
    }
}
