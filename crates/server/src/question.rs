//! `POST /v1/ask`: a question in one line, shown as understood, screened and decided. Nothing of it is recorded.

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tollgate_decide::{NameMatch, Screening, Tables};
use tollgate_desk::{OrderRequest, decide_question, decision_reference};
use tollgate_intake::{Question, Understood, question};
use tollgate_model::{Country, Date, OrderLine, Stop};
use tollgate_records::OrderReader;
use utoipa::ToSchema;
use utoipa::openapi::Schema;
use utoipa::openapi::schema::ArrayBuilder;

use super::access::{Caller, Right};
use super::orders::{bad_json, day, unavailable, unusable};
use super::problem::{Problem, Refusals};
use super::{Shared, today};

/// The longest question, in characters.
pub(super) const LONGEST: usize = 2_000;

/// A question in one line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AskRequest {
    /// `N ITEM and N ITEM [from COUNTRY] to BUYER, COUNTRY [, headquartered in COUNTRY] [for USE]`.
    #[schema(min_length = 1, max_length = 2000)]
    question: String,
    /// The day of shipment; today where absent.
    #[schema(format = Date)]
    date: Option<String>,
}

/// What was understood of a question, and what was decided of it.
#[derive(Serialize, ToSchema)]
pub(super) struct AskAnswer {
    /// What was understood: `lines` (each with its `question` where it is open), `buyer`, `address`, `other_names`, `destination`, `origin`, `hq_country`,
    /// `end_use`, `date`.
    #[schema(value_type = Object)]
    pub(super) understood: Understood,
    /// What was not understood, a sentence each; empty where the question was understood as a whole.
    pub(super) not_understood: Vec<String>,
    /// The id of the party of the office's table that the buyer is; absent where it has no row there.
    pub(super) party: Option<String>,
    /// Against what the buyer is screened, in a sentence.
    pub(super) screening: String,
    /// The decisions of the lines that are understood, in their order; none while the rest of the question is not understood.
    #[schema(schema_with = decisions)]
    pub(super) decisions: Vec<Box<RawValue>>,
}

fn decisions() -> Schema {
    let what = "The decisions of the lines that are understood, in their order; none while the rest of the question is not understood.";
    Schema::Array(ArrayBuilder::new().items(decision_reference()).description(Some(what)).build())
}

/// Decides a question in one line; nothing of it is recorded.
#[utoipa::path(
    post, path = "/v1/ask", tag = "orders", request_body = AskRequest,
    responses((status = 200, description = "what was understood, what was not, and the decisions", body = AskAnswer), Refusals),
)]
pub(super) async fn ask(
    State(app): State<Shared>,
    caller: Caller,
    request: Result<Json<AskRequest>, JsonRejection>,
) -> Result<Json<AskAnswer>, Problem> {
    let Json(AskRequest { question, date }) = request.map_err(|error| bad_json(&error))?;
    caller.may(Right::Try)?;
    let date = date.as_deref().map(|text| day("date", text)).transpose()?.unwrap_or_else(today);
    answer(&app, question, date).await.map(Json)
}

/// A question, and the tables and lines of what was understood of it.
struct Prepared {
    question: Question,
    tables: Tables,
    lines: Vec<OrderRequest>,
}

/// Answers a question about a shipment on a day.
///
/// # Errors
///
/// A question that is empty or too long, and a ledger that cannot be asked.
pub(super) async fn answer(app: &Shared, text: String, date: Date) -> Result<AskAnswer, Problem> {
    if text.trim().is_empty() {
        return Err(unusable("`question` is empty", "ask such as `8 H100 SXM to Acme, Singapore for training`"));
    }
    if text.chars().count() > LONGEST {
        let mend = "ask about fewer lines at a time, or give them as a file of orders";
        return Err(unusable(&format!("`question` is longer than {LONGEST} characters"), mend));
    }
    let reader = Arc::clone(app);
    let prepared = tokio::task::spawn_blocking(move || prepare(&reader, &text, date));
    let Prepared { question, tables, lines } = prepared.await.map_err(|error| unavailable(&error.to_string()))??;
    let question = Arc::new(question);
    let mut answer = AskAnswer {
        understood: question.understood(date),
        not_understood: question.lacking(),
        party: None,
        screening: screening_note(app),
        decisions: Vec::new(),
    };
    if answer.not_understood.is_empty() && !lines.is_empty() {
        let desk = Arc::clone(&app.desk);
        let office = app.with_ledger(move |ledger| Ok::<_, Problem>(Arc::clone(&desk.decider(ledger)?.tables)));
        let office = office.await??;
        let asking = Arc::clone(&question);
        // The office's tables are searched, and copied where the question adds to them: they may be long.
        let matched = tokio::task::spawn_blocking(move || matched(&asking, tables, lines, &office));
        match matched.await.map_err(|error| unavailable(&error.to_string()))?? {
            Ok(Basis { party, tables, lines }) => {
                answer.party = party;
                let desk = Arc::clone(&app.desk);
                let decided = app.with_ledger(move |ledger| decide_question(&desk, ledger, tables.as_ref(), &lines));
                answer.decisions = decided.await??;
            }
            Err(doubts) => answer.not_understood = doubts,
        }
    }
    let open = question.lines.iter().filter_map(|line| Some(format!("`{}`: {}", line.text, line.open.as_ref()?)));
    answer.not_understood.extend(open);
    Ok(answer)
}

/// Against what the service screens, in a sentence.
fn screening_note(app: &Shared) -> String {
    match app.screener.versions.len() {
        0 => "not screened: the service has no list".to_owned(),
        1 => "screened against 1 list".to_owned(),
        count => format!("screened against {count} lists"),
    }
}

/// Understands a question, and reads its tables as they are read from files.
fn prepare(app: &Shared, text: &str, date: Date) -> Result<Prepared, Problem> {
    let question = question(text, &app.desk.policy.law.catalog);
    if !question.lacking().is_empty() || question.lines.iter().all(|line| line.open.is_some()) {
        return Ok(Prepared { question, tables: Tables::default(), lines: Vec::new() });
    }
    let wrong = |error: std::io::Error| unavailable(&format!("the question's tables cannot be written: {error}"));
    let folder = tempfile::tempdir().map_err(wrong)?;
    let path = |name: &str| folder.path().join(name);
    let (orders, parties, items) = (path("orders.csv"), path("parties.csv"), path("items.csv"));
    let texts = question.tables(date);
    for (file, text) in [(&orders, &texts.orders), (&parties, &texts.parties), (&items, &texts.items)] {
        std::fs::write(file, text).map_err(wrong)?;
    }
    let screening = Screening { screener: &app.screener, threshold: app.threshold, clearances: None };
    let tables = Tables::read(Some(&parties), None, Some(&items), screening, &Stop::default());
    let tables = tables.map_err(|error| unavailable(&error.to_string()))?;
    if let Some(mistake) = tables.unread.mistakes.0.first() {
        return Err(unusable(&mistake.what, &mistake.mend));
    }
    Ok(Prepared { question, lines: lines_of(&orders)?, tables })
}

/// The lines of a question's table. A cell that its reader does not understand refuses the question.
fn lines_of(orders: &Path) -> Result<Vec<OrderRequest>, Problem> {
    let mut reader = OrderReader::open(orders).map_err(|errors| unavailable(&errors.to_string()))?;
    let mut lines = Vec::new();
    while let Some(batch) = reader.next_batch() {
        let batch = batch.map_err(|errors| unusable(&errors.to_string(), "write the question in other words"))?;
        lines.extend(batch.lines().map(|line| OrderRequest::of(&line)));
    }
    Ok(lines)
}

/// The party of the office's table that the buyer is; nobody where it has no row there. The error says what must be said first, a sentence each.
fn buyer(question: &Question, office: &Tables) -> Result<Option<String>, Vec<String>> {
    let Some(name) = question.buyer.as_deref() else { return Ok(None) };
    let id = match office.party_named(name) {
        NameMatch::Nobody => return Ok(None),
        NameMatch::Maybe(id) => {
            return Err(vec![format!(
                "is `{name}` the party `{id}` of the office's table? Write its id, or fill in the form, where it stays open"
            )]);
        }
        NameMatch::Party(id) => id,
    };
    let mut doubts: Vec<String> = place_doubt(question, id, office).into_iter().collect();
    let known = office.parties.get(id).and_then(|row| row.hq_country);
    if let Some(seat) = question.hq_country.filter(|seat| known != Some(*seat)) {
        let known = known.map_or("none", Country::code);
        doubts.push(format!(
            "the office's table has {known} for the headquarters of `{id}`, and the question says {}",
            seat.code()
        ));
    }
    let places = std::iter::once(&question.address).filter(|address| !address.is_empty());
    for text in question.other_names.iter().chain(places).filter(|text| !office.row_says(id, text)) {
        let doubt = format!(
            "`{text}` does not stand in the row of `{id}` in the office's table: is it another party or place?"
        );
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    if doubts.is_empty() { Ok(Some(id.to_owned())) } else { Err(doubts) }
}

/// The doubt about a buyer of the office's table to whom goods are to go in another country than that of the row, in a sentence.
fn place_doubt(question: &Question, id: &str, office: &Tables) -> Option<String> {
    let known = office.parties.get(id)?.country?;
    let place = question.destination.filter(|place| *place != known)?;
    Some(format!(
        "the office's table has {} for the country of `{id}`, and the question says {}: is it another party, or another place?",
        known.code(),
        place.code()
    ))
}

/// On what the lines of a question are decided.
struct Basis {
    /// The id of the party of the office's table that the buyer is, where it has a row there.
    party: Option<String>,
    /// The tables, where these are not the office's own.
    tables: Option<Arc<Tables>>,
    /// The lines, with the party that the buyer is.
    lines: Vec<OrderRequest>,
}

/// On what the lines of a question are decided, or what must be said first, a sentence each. Takes long where the office's tables are long.
fn matched(
    question: &Question,
    tables: Tables,
    lines: Vec<OrderRequest>,
    office: &Tables,
) -> Result<Result<Basis, Vec<String>>, Problem> {
    match buyer(question, office) {
        Ok(party) => basis(party, tables, lines, office).map(Ok),
        Err(doubts) => Ok(Err(doubts)),
    }
}

fn basis(party: Option<String>, tables: Tables, lines: Vec<OrderRequest>, office: &Tables) -> Result<Basis, Problem> {
    let wrong = |error: &dyn std::fmt::Display| unavailable(&error.to_string());
    let Some(id) = party.as_deref() else {
        let tables = tables.beside(office).map_err(|error| wrong(&error))?;
        return Ok(Basis { party: None, tables: Some(Arc::new(tables)), lines });
    };
    let renamed: Result<Vec<OrderRequest>, Problem> = lines.iter().map(|request| with_buyer(request, id)).collect();
    let copied = match tables.items.is_empty() {
        true => None,
        false => Some(office.with_findings(&[]).map_err(|error| wrong(&error))?.with_items(&tables.items)),
    };
    Ok(Basis { tables: copied.map(Arc::new), lines: renamed?, party })
}

/// A line with a party of the office's table as its purchaser and consignee.
fn with_buyer(request: &OrderRequest, id: &str) -> Result<OrderRequest, Problem> {
    let line = request.line().map_err(|(what, mend)| unusable(&what, mend))?;
    Ok(OrderRequest::of(&OrderLine { purchaser: Some(id), ultimate_consignee: id, ..line }))
}
