use std::sync::Arc;

use tollgate_law::{Law, Policy};
use tollgate_model::{OrderLine, Tpp};
use tollgate_records::{DecisionRecord, DecisionWriter, Format, ListHit};
use tollgate_screening::Screener;

use super::Failure;
use super::arguments::{Basis, DecideArguments};
use super::check::given;
use super::progress::Bar;
use super::recorded::run_done;
use tollgate_decide::describe_standing;
use tollgate_decide::load_policy;
use tollgate_decide::{Decided, Run, RunError, Screening, Tables, each, roles, run};
use tollgate_lists::load_screener;
use tollgate_model::Stop;

pub(crate) fn decide(arguments: &DecideArguments, stop: &Stop) -> Result<(), Failure> {
    let Some(format) = Format::of(&arguments.out) else {
        let what = format!("{}: its ending does not say how to write it", arguments.out.display());
        return Err(Failure::Unusable(format!("{what}\n  mend: give --out an ending of .jsonl, .csv or .parquet")));
    };
    let ledger = arguments.record.open()?;
    let (policy, tables, _) = load(&arguments.inputs.basis, stop)?;
    let wrong = |error| RunError::Output(arguments.out.clone(), error);
    let mut writer = DecisionWriter::create(&arguments.out, format).map_err(wrong)?;
    let mut writing = Writing::new(Arc::clone(&policy), Arc::clone(&tables));
    let job = Run { orders: &arguments.inputs.orders, tables, policy: Arc::clone(&policy) };
    run(
        &job,
        stop,
        &mut Bar::new(),
        &mut each(|order, decided| writing.write(order, decided, &mut writer).map_err(wrong)),
    )?;
    writer.commit().map_err(wrong)?;
    run_done(ledger, ("decide", &policy.name, &policy.digest), &given(&arguments.inputs), &[&arguments.out])
}

/// The policy, the small tables and the lists of a command.
pub(crate) fn load(basis: &Basis, stop: &Stop) -> Result<(Arc<Policy>, Arc<Tables>, Screener), Failure> {
    let law = Law::embedded()?;
    let policy = load_policy(&law, &basis.policy)?;
    let lists = &basis.lists;
    let screener = load_screener(&lists.lists)?;
    let screening =
        Screening { screener: &screener, threshold: lists.threshold, clearances: lists.clearances.as_deref() };
    let tables =
        Tables::read(basis.parties.as_deref(), basis.ownership.as_deref(), basis.items.as_deref(), screening, stop)?;
    Ok((Arc::new(policy), Arc::new(tables), screener))
}

/// Puts decisions into words, keeping its buffers from line to line.
pub(crate) struct Writing {
    policy: Arc<Policy>,
    certificate: String,
    obligations: String,
    trace: String,
    remarks: String,
    readings: String,
    tables: Arc<Tables>,
    hits: Vec<ListHit>,
}

impl Writing {
    pub(crate) fn new(policy: Arc<Policy>, tables: Arc<Tables>) -> Writing {
        Writing {
            policy,
            certificate: String::new(),
            obligations: String::new(),
            trace: String::new(),
            remarks: String::new(),
            readings: String::new(),
            tables,
            hits: Vec::new(),
        }
    }

    pub(crate) fn write(
        &mut self,
        order: &OrderLine<'_>,
        decided: &Decided<'_>,
        writer: &mut DecisionWriter,
    ) -> std::io::Result<()> {
        decided.certificate(&self.policy, order.date, &mut self.certificate);
        if writer.wants_trace() {
            let steps = decided.steps();
            decided.push_trace(&steps, &mut self.trace);
            decided.push_obligations(&mut self.obligations);
            decided.push_remarks(&steps, &mut self.remarks);
            self.push_screening(order);
        }
        let eccn = decided.eccn();
        let label = decided.determination().label;
        self.readings.clear();
        for turn in decided.readings() {
            if !self.readings.is_empty() {
                self.readings.push(';');
            }
            self.readings.push_str(&turn.name);
        }
        writer.write(&DecisionRecord {
            order_id: order.order_id,
            line: order.line,
            date: order.date,
            policy: &self.policy.name,
            eccn: eccn.as_deref(),
            tpp: decided.line.tpp.map(Tpp::ceil),
            outcome: label.outcome.as_str(),
            authorization: decided.exception().map(|exception| exception.name.as_str()),
            review_policy: label.review.map(|review| review.as_str()),
            missing: &decided.missing,
            claimed_ok: decided.claimed_ok,
            strictest: decided.determination().strictest.as_str(),
            mildest: decided.determination().mildest.as_str(),
            readings: &self.readings,
            certificate: &self.certificate,
            obligations_json: &self.obligations,
            trace_json: &self.trace,
            remarks_json: &self.remarks,
            hits: &self.hits,
        })
    }

    /// The list matches of the order's parties, and what their owners make of them.
    fn push_screening(&mut self, order: &OrderLine<'_>) {
        self.hits.clear();
        let screened = &self.tables.screened;
        let mut owned = Vec::new();
        for (role, party) in roles(order) {
            for hit in screened.hits(party) {
                let mut json = hit.json();
                json.insert("party".to_owned(), party.into());
                json.insert("role".to_owned(), role.into());
                json.insert("cleared".to_owned(), (!hit.stands(order.date)).into());
                self.hits.push(ListHit { json: serde_json::Value::from(json).to_string() });
            }
            if let Some(standing) = screened.standing(party, order.date) {
                let proof = screened.proof(party, order.date);
                owned.push(serde_json::json!({
                    "party": party, "role": role, "standing": standing.as_str(), "what": describe_standing(standing), "proof": proof,
                }));
            }
        }
        self.remarks.push_str(",\"ownership\":");
        self.remarks.push_str(&serde_json::Value::from(owned).to_string());
    }
}
