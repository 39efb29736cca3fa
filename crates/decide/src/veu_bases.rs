//! The geographic ratios of universal validated end-users (15 CFR 748, supplement no. 10, paragraph 6), held against each line of a file as it is
//! decided: what stands where by the table of the fleet, and what has gone since.

use tollgate_law::facts::{self, Facts};
use tollgate_law::program::{Label, Program};
use tollgate_law::{Policy, Tier};
use tollgate_model::{Activity, Country, Date, OrderLine, Outcome, Truth, UnreadCell};

use super::fleet::{Fleet, GeographicRatio, ItemWeight, with_line};
use super::item_facts::UnknownItem;
use super::parties::ultimate_parent_on;
use super::tables::Tables;

/// The flag of a universal validated end-user.
const FLAG: &str = "uveu";

/// What the items of a line weigh, wherever they go.
pub(crate) type Weigh<'a> = dyn FnMut(&OrderLine<'_>) -> Result<ItemWeight, UnknownItem> + 'a;

/// What is said where nobody gave what stands where.
pub(crate) const NOT_HELD: &str = "The geographic ratios of the universal validated end-user (25, 7 and 50 percent; 15 CFR 748, supplement no. 10, paragraph 6) were not held \
     against this line, since what its group has standing where was not given: give it with --fleet.";

/// The installed bases while a file is decided.
#[derive(Debug, Default)]
pub(crate) struct VeuBases {
    fleet: Fleet,
    /// Whether the rows of the table are in it.
    is_read: bool,
    /// Lines that went, or may have, and are not in it yet: they are weighed by the law of the day on which it is asked for.
    waiting: Vec<SentLine>,
}

/// What a line comes to for the line that is decided.
#[derive(Debug)]
pub(crate) struct HeldRatios {
    /// Whether the ratios that bind each transfer are kept with it.
    pub(crate) kept: Truth,
    /// A sentence for each ratio.
    pub(crate) remarks: Vec<String>,
}

/// A line that went, or may have.
#[derive(Debug)]
struct SentLine {
    what: String,
    date: Date,
    activity: Activity,
    exporter: Option<String>,
    owner: String,
    origin: Option<Country>,
    destination: Country,
    item: String,
    quantity: i64,
    unread: Vec<UnreadCell>,
}

impl SentLine {
    fn of(order: &OrderLine<'_>) -> SentLine {
        SentLine {
            what: format!("Order {} line {}", order.order_id, order.line),
            date: order.date,
            activity: order.activity,
            exporter: order.exporter.map(str::to_owned),
            owner: order.ultimate_consignee.to_owned(),
            origin: order.origin,
            destination: order.destination,
            item: order.item.to_owned(),
            quantity: order.quantity,
            unread: order.unread.to_vec(),
        }
    }

    fn line(&self) -> OrderLine<'_> {
        OrderLine {
            order_id: &self.what,
            line: 1,
            date: self.date,
            activity: self.activity,
            exporter: self.exporter.as_deref(),
            purchaser: None,
            intermediate_consignee: None,
            ultimate_consignee: &self.owner,
            end_user: None,
            freight_forwarder: None,
            lpp_operator: None,
            origin: self.origin,
            destination: self.destination,
            via: None,
            item: &self.item,
            quantity: self.quantity,
            end_use: None,
            authorization: None,
            unread: &self.unread,
        }
    }
}

impl VeuBases {
    /// Bases that have counted nothing yet; `None` where no table of the fleet was given.
    pub(crate) fn of(tables: &Tables) -> Option<VeuBases> {
        tables.fleet.is_some().then(VeuBases::default)
    }

    /// Holds a line that would go to a universal validated end-user against the ratios of its group, with all that went before.
    pub(crate) fn hold(
        &mut self,
        order: &OrderLine<'_>,
        policy: &Policy,
        tables: &Tables,
        weigh: &mut Weigh<'_>,
    ) -> Result<HeldRatios, UnknownItem> {
        self.take_up(order.date, tables, weigh)?;
        if !is_outside(policy, order) {
            return Ok(HeldRatios { kept: Truth::True, remarks: Vec::new() });
        }
        let mut after = self.fleet.clone();
        let touched = after.add(order, weigh(order)?, tables, "This line");
        let Some(holder) = touched.first() else {
            return Ok(HeldRatios { kept: Truth::Unknown, remarks: after.ownerless });
        };
        let Ok(ratios) = after.ratios(holder, policy, tables, order.date) else {
            return Ok(HeldRatios { kept: Truth::Unknown, remarks: Vec::new() });
        };
        let binding = ratios.iter().filter(|ratio| !ratio.is_by_reporting_date);
        let kept = binding.map(|ratio| ratio.is_kept.map_or(Truth::Unknown, Truth::from)).min();
        let mut remarks: Vec<String> = ratios.iter().map(|ratio| sentence(ratio, holder)).collect();
        let mut reasons: Vec<String> = ratios.into_iter().flat_map(|ratio| ratio.unsettled).collect();
        reasons.sort();
        reasons.dedup();
        remarks.extend(reasons);
        Ok(HeldRatios { kept: kept.unwrap_or(Truth::True), remarks })
    }

    /// Takes a decided line into account: one that goes, and one of which it is not settled where that can only raise the shares.
    pub(crate) fn note(&mut self, order: &OrderLine<'_>, goes: Truth, policy: &Policy, tables: &Tables) {
        let counts = match goes {
            Truth::True => true,
            Truth::Unknown => is_outside(policy, order),
            Truth::False => false,
        };
        if counts && is_of_validated_group(order, tables) {
            self.waiting.push(SentLine::of(order));
        }
    }

    /// Puts into the base what is not in it yet, by the law of a day.
    fn take_up(&mut self, day: Date, tables: &Tables, weigh: &mut Weigh<'_>) -> Result<(), UnknownItem> {
        if !self.is_read {
            self.is_read = true;
            for row in tables.fleet.iter().flatten() {
                let what = format!("Row {} of the fleet (site {})", row.row, row.site_id);
                let fleet = &mut self.fleet;
                with_line(row, day, |line| {
                    let weight = weigh(line)?;
                    fleet.add(line, weight, tables, &what);
                    Ok::<(), UnknownItem>(())
                })?;
            }
        }
        for sent in std::mem::take(&mut self.waiting) {
            let line = OrderLine { date: day, ..sent.line() };
            let weight = weigh(&line)?;
            self.fleet.add(&line, weight, tables, &sent.what);
        }
        Ok(())
    }
}

/// Whether a line is permitted as a universal validated end-user's.
pub(crate) fn is_universal(program: &Program, label: Label, facts: &Facts) -> bool {
    let exception = || program.exceptions.get(usize::from(label.exception?));
    label.outcome == Outcome::LicenseException
        && facts.get(facts::CONSIGNEE_UVEU) == Some(1)
        && exception().is_some_and(|exception| exception.id == "UVEU")
}

/// Whether a line goes: `claimed` says whether what it claims covers it, where that is settled. One that needs a license and claims nothing waits.
pub(crate) fn goes(order: &OrderLine<'_>, outcome: Outcome, claimed: Option<bool>) -> Truth {
    match outcome {
        Outcome::LicenseRequired if order.authorization.is_none() => Truth::False,
        Outcome::NoLicenseRequired | Outcome::LicenseException => Truth::True,
        Outcome::LicenseRequired => claimed.map_or(Truth::Unknown, Truth::from),
        Outcome::NeedsInformation => Truth::Unknown,
    }
}

/// Whether a line leaves the United States for a place outside the countries of supplement no. 5(a) to part 740, or may.
fn is_outside(policy: &Policy, order: &OrderLine<'_>) -> bool {
    if order.is_unread("destination") {
        return true;
    }
    let is_first = |tier| tier == Tier::First;
    let tiers = policy.tiers(policy.law_date(order.date));
    order.destination != Country::UNITED_STATES && !tiers.is_ok_and(|tiers| is_first(tiers.tier(order.destination)))
}

/// Whether a line's consignee, or who is not known, may belong to the group of a universal validated end-user.
fn is_of_validated_group(order: &OrderLine<'_>, tables: &Tables) -> bool {
    let parent = |id: &str| ultimate_parent_on(&tables.parties, &tables.parents, id, order.date).0;
    let owner = order.ultimate_consignee;
    if owner.is_empty() || order.is_unread("ultimate_consignee") {
        return true;
    }
    let group = parent(owner);
    tables
        .parties
        .values()
        .filter(|party| party.flags.iter().any(|flag| flag == FLAG))
        .any(|party| parent(&party.party_id) == group)
}

fn sentence(ratio: &GeographicRatio, holder: &str) -> String {
    let exact = |milli: i128| {
        let text = format!("{}.{:03}", milli / 1_000, milli % 1_000);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let share =
        ratio.milli_percent().map_or("an unknown share".to_owned(), |share| format!("{} percent", exact(share)));
    let place = ratio.country.map_or(String::new(), |country| format!(" ({country})"));
    let most = exact(i128::from(ratio.most_milli_percent));
    let kept = match ratio.is_kept {
        Some(true) => "kept",
        Some(false) if ratio.is_by_reporting_date => "over, unless the base grows by the reporting date",
        Some(false) => "NOT kept",
        None => "not settled",
    };
    format!(
        "With this line the group of `{holder}` has {share} of its computing power {}{place}, of at most {most} percent: {kept} (15 CFR 748, supplement no. 10, paragraph 6).",
        ratio.rule
    )
}
