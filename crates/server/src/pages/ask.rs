//! A question in one line: what was understood of it, what was not, and what was decided. Nothing of it is recorded.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tollgate_intake::{Understood, UnderstoodLine};
use tollgate_report::pages::country_name;

use super::super::access::Right;
use super::super::orders::{day, unavailable};
use super::super::problem::Problem;
use super::super::question::{AskAnswer, LONGEST, answer};
use super::basis::{Judged, basis};
use super::kept::SentForm;
use super::{Refused, View, encoded};
use crate::today;

#[derive(Deserialize)]
pub(super) struct QuestionForm {
    csrf: String,
    #[serde(default)]
    question: String,
    #[serde(default)]
    date: String,
}

/// What a question came to: nothing yet, an answer, or why there is none.
enum Reply {
    NotYet,
    Answer(Box<AskAnswer>),
    Refused(Problem),
}

pub(super) async fn form(view: View) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Try)?;
    Ok(page(&view, "", &today().to_string(), Reply::NotYet))
}

pub(super) async fn ask(view: View, sent: SentForm<QuestionForm>) -> Result<Response, Refused> {
    let (view, form) = view.keeping(sent, |_| "/decide/ask".to_owned());
    let (view, _) = view.proved(Right::Try, &form.csrf)?;
    let date = if form.date.trim().is_empty() { Ok(today()) } else { day("date", form.date.trim()) };
    let shown_date = date.as_ref().map_or_else(|_| form.date.clone(), ToString::to_string);
    let reply = match date {
        Ok(date) => answer(&view.app, form.question.clone(), date).await,
        Err(problem) => Err(problem),
    };
    let reply = reply.map_or_else(Reply::Refused, |answer| Reply::Answer(Box::new(answer)));
    Ok(page(&view, &form.question, &shown_date, reply))
}

fn page(view: &View, question: &str, date: &str, reply: Reply) -> Response {
    let lists = view.app().screener.versions.iter().map(
        |list| json!({ "file": list.file, "date": list.date.map(|date| date.to_string()), "entries": list.entries }),
    );
    let (answer, problem) = match reply {
        Reply::NotYet => (Value::Null, Value::Null),
        Reply::Answer(answer) => match shown(view, &answer) {
            Ok(answer) => (answer, Value::Null),
            Err(problem) => (Value::Null, shown_problem(&problem)),
        },
        Reply::Refused(problem) => (Value::Null, shown_problem(&problem)),
    };
    let context = json!({
        "question": question, "date": date, "longest": LONGEST, "lists": lists.collect::<Vec<_>>(), "answer": answer, "problem": problem,
    });
    view.render("ask.html", "nav.decide", context)
}

/// What is wrong, as the page shows it.
fn shown_problem(problem: &Problem) -> Value {
    json!({ "detail": problem.detail, "mend": problem.mend })
}

/// An answer as the page shows it: each decided line with its verdict and the address of the form that is filled in with it.
fn shown(view: &View, answer: &AskAnswer) -> Result<Value, Problem> {
    let understood = &answer.understood;
    let lines: Vec<&UnderstoodLine> = understood.lines.iter().filter(|line| line.question.is_none()).collect();
    if !answer.decisions.is_empty() && answer.decisions.len() != lines.len() {
        return Err(unavailable("the decisions are not those of the lines"));
    }
    let decided = lines.into_iter().zip(&answer.decisions).map(|(line, decision)| {
        let decision: Value = serde_json::from_str(decision.get()).map_err(|error| unavailable(&error.to_string()))?;
        let judged = Judged { decision: &decision, held: &[], claim: None, end_use: understood.end_use.as_deref() };
        Ok(json!({
            "line": line, "basis": basis(view, &judged), "decision": decision,
            "form": form_address(view, understood, line, answer.party.as_deref()),
        }))
    });
    let decided = decided.collect::<Result<Vec<Value>, Problem>>()?;
    let has_more =
        !understood.address.is_empty() || !understood.other_names.is_empty() || understood.hq_country.is_some();
    Ok(json!({
        "understood": understood, "not_understood": answer.not_understood, "party": answer.party,
        "decided": decided, "form_lacks_party": answer.party.is_none() && has_more,
    }))
}

/// The address of the form of one line, filled in with what was understood; `None` for an item that only the question describes.
fn form_address(view: &View, understood: &Understood, line: &UnderstoodLine, party: Option<&str>) -> Option<String> {
    if line.accelerator.is_some() {
        return None;
    }
    let name = |code: &'static str| country_name(view.language, code).unwrap_or(code);
    let buyer = party.or(understood.buyer.as_deref()).unwrap_or("");
    let quantity = line.quantity.to_string();
    let fields = [
        ("item", line.item.as_str()),
        ("quantity", quantity.as_str()),
        ("destination", understood.destination.map_or("", name)),
        ("date", understood.date.as_str()),
        ("ultimate_consignee", buyer),
        ("purchaser", buyer),
        ("origin", understood.origin.map_or("", name)),
        ("end_use", understood.end_use.as_deref().unwrap_or("")),
    ];
    let fields = fields.iter().filter(|(_, text)| !text.is_empty());
    let fields: Vec<String> = fields.map(|(name, text)| format!("{name}={}", encoded(text))).collect();
    Some(format!("/decide?{}", fields.join("&")))
}
