//! The papers of an order, as `tollgate papers` makes them: of its lines on record, and of those of the file of orders.

use std::sync::{Arc, LazyLock};

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use tollgate_desk::{Before, DeskError, LineRecord, line_id, line_on_record, tpp_used};
use tollgate_ledger::{AccountKey, AnyLog, Ledger};
use tollgate_model::{Diagnostics, OrderLine};
use tollgate_papers::{Gatherer, Package, Templates, make_papers};
use tollgate_records::Declared;
use utoipa::ToSchema;

use super::access::{Caller, Right};
use super::board::{Board, FileLine};
use super::ledger_lines::refresh;
use super::orders::{unavailable, unusable};
use super::problem::{Problem, Refusals};
use super::{App, Shared};

/// The most lines of an order of which papers are made here.
const MOST_LINES: usize = 1_000;

/// The templates of the program, read and checked once.
static TEMPLATES: LazyLock<Result<Templates, Diagnostics>> = LazyLock::new(Templates::embedded);

/// A paper that follows from the decision of an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderPaper {
    /// Its name among the order's papers.
    file: String,
    /// Its title.
    title: String,
    /// Why it was made.
    why: String,
    /// What must not ship before.
    hold: Option<String>,
    /// The paragraphs that ask for it.
    cites: Vec<String>,
    /// As plain text; `________` is a blank for whoever signs.
    text: String,
    /// As a page to print.
    html: String,
}

/// The papers of an order.
#[derive(Serialize, ToSchema)]
pub(crate) struct OrderPapers {
    /// The order.
    order_id: String,
    /// How each line stands, what is to be done, and which papers were made and why.
    index: String,
    /// The papers, in their order.
    papers: Vec<OrderPaper>,
    /// Titles of those that wait until the order may go.
    waiting: Vec<String>,
}

impl OrderPapers {
    fn of(package: Package) -> OrderPapers {
        let papers = package.papers.into_iter().map(|paper| OrderPaper {
            file: paper.file,
            title: paper.title,
            why: paper.why,
            hold: paper.hold,
            cites: paper.cites,
            text: paper.text,
            html: paper.html,
        });
        OrderPapers {
            order_id: package.order_id,
            index: package.index,
            papers: papers.collect(),
            waiting: package.skipped.into_iter().map(|paper| paper.title).collect(),
        }
    }
}

/// The papers that follow from the decision of an order: notices, statements, a questionnaire, what part 762 asks to keep. Nothing is recorded.
#[utoipa::path(
    get, path = "/v1/orders/{order}/papers", tag = "orders",
    params(("order" = String, Path, description = "the order's id")),
    responses((status = 200, description = "the papers, as text and as pages to print", body = OrderPapers), Refusals),
)]
pub(crate) async fn papers(
    State(app): State<Shared>,
    caller: Caller,
    Path(order): Path<String>,
) -> Result<Json<OrderPapers>, Problem> {
    caller.may(Right::Read)?;
    let package = order_papers(&app, &order).await?.ok_or(DeskError::UnknownOrder)?;
    Ok(Json(OrderPapers::of(package)))
}

/// A line of an order, and what it is decided on beside what the ledger holds.
enum PaperLine {
    /// As it stands on record, with what went of it in milli-TPP.
    Recorded { earlier: Box<LineRecord>, shipped_milli_tpp: i64 },
    /// As the file of orders has it.
    Filed(Box<FileLine>),
}

/// The papers of an order, decided on what the ledger holds now; `None` where no line of it is known.
pub(crate) async fn order_papers(app: &Shared, order_id: &str) -> Result<Option<Package>, Problem> {
    refresh(app).await?;
    let (known, order_id) = (Arc::clone(app), order_id.to_owned());
    let made = app.with_ledger(move |ledger| {
        let board = known.shown.board.as_ref().ok_or_else(|| unavailable("the log is not looked at"))?;
        let lines = lines_of(board, ledger, &order_id)?;
        if lines.len() > MOST_LINES {
            let mend = "make them with `tollgate papers`";
            return Err(unusable(&format!("the order has more than {MOST_LINES} lines"), mend));
        }
        package(&known, ledger, &order_id, &lines)
    });
    made.await?
}

/// The lines of an order: as they stand on record, or else as the file has them.
fn lines_of(board: &Board, ledger: &mut Ledger<AnyLog>, order_id: &str) -> Result<Vec<PaperLine>, Problem> {
    let rows = board.of_orders(&[order_id.to_owned()], 1).map_err(|what| unavailable(&what))?;
    let mut lines = Vec::new();
    for number in rows.iter().map(|row| row.line).collect::<std::collections::BTreeSet<i64>>() {
        let id = line_id(order_id, number);
        match line_on_record(ledger, &id) {
            Ok(found) => {
                let events = board.events(&id).map_err(|what| unavailable(&what))?;
                let shipped = events.iter().filter(|event| event.act == "shipped" && event.refused.is_none());
                let posted = shipped.filter_map(|event| ledger.state().posting(&event.id));
                let shipped_milli_tpp = posted.map(|posting| posting.amount_milli_tpp).sum();
                lines.push(PaperLine::Recorded { earlier: Box::new(found.line), shipped_milli_tpp });
            }
            Err(DeskError::UnknownOrder) => {
                let filed = board.file_line(order_id, number).map_err(|what| unavailable(&what))?;
                lines.extend(filed.map(|filed| PaperLine::Filed(Box::new(filed))));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(lines)
}

fn package(
    app: &App,
    ledger: &Ledger<AnyLog>,
    order_id: &str,
    lines: &[PaperLine],
) -> Result<Option<Package>, Problem> {
    let templates = TEMPLATES.as_ref().map_err(|errors| unavailable(&errors.to_string()))?;
    let mut place = app.desk.decider(ledger)?;
    let (policy, tables) = (Arc::clone(&app.desk.policy), Arc::clone(&place.tables));
    let mut gatherer = Gatherer::new(order_id, &policy, &tables, app.threshold);
    for line in lines {
        let (order, before): (OrderLine<'_>, Before<'_>) = match line {
            PaperLine::Recorded { earlier, shipped_milli_tpp } => {
                let order = earlier.decision.order.line().map_err(|(what, mend)| unusable(&what, mend))?;
                (order, Before { earlier: Some(earlier), shipped_milli_tpp: *shipped_milli_tpp, file: None })
            }
            PaperLine::Filed(filed) => {
                let order = filed.line.line().ok_or_else(|| unavailable("a line of the file cannot be read back"))?;
                (order, Before { file: Some(&filed.counts), ..Before::default() })
            }
        };
        let date = order.date;
        let used = |key: &AccountKey| tpp_used(ledger, key, date, before);
        let decided = match before.file {
            Some(counts) => place.decider.decide_within(&order, counts, &used),
            None => place.decider.decide_on(&order, &used),
        };
        let decided = decided.map_err(|error| unusable(&error.what, &error.mend))?;
        // Of what was declared to customs the service keeps nothing: those fields are blanks.
        gatherer.add(&order, &decided, Declared::default());
    }
    let Some((case, records)) = gatherer.finish() else { return Ok(None) };
    make_papers(templates, case, &records).map(Some).map_err(|errors| unavailable(&errors.to_string()))
}
