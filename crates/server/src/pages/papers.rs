//! The papers of an order: which there are and why, and each as a page to print.

use axum::extract::Path;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Value, json};

use super::super::access::Right;
use super::super::papers::order_papers;
use super::line::order_alike;
use super::{Refused, View, encoded};

/// A paper is a page by itself with its own style, and runs nothing.
const ALLOWED: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// Which papers there are.
pub(super) async fn list(view: View, Path(order): Path<String>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    let package = match order_papers(&view.app, &order).await {
        Ok(Some(package)) => package,
        Ok(None) => {
            return match order_alike(&view, &order) {
                Ok(Some(alike)) => Ok(Redirect::to(&format!("/orders/{}/papers", encoded(&alike))).into_response()),
                Ok(None) => Err(view.nothing()),
                Err(problem) => Err(view.failed(&problem)),
            };
        }
        Err(problem) => return Err(view.failed(&problem)),
    };
    let papers = package.papers.iter().map(|paper| {
        json!({ "file": paper.file, "title": paper.title, "why": paper.why, "hold": paper.hold, "cites": paper.cites.join("; ") })
    });
    let context = json!({
        "order_id": order, "papers": papers.collect::<Vec<Value>>(), "index": package.index,
        "waiting": package.skipped.iter().map(|paper| paper.title.as_str()).collect::<Vec<_>>(),
    });
    Ok(view.render("papers.html", "papers", context))
}

/// One paper, ready to print.
pub(super) async fn one(view: View, Path((order, file)): Path<(String, String)>) -> Result<Response, Refused> {
    let (view, _) = view.person(Right::Read)?;
    match order_papers(&view.app, &order).await {
        Ok(package) => match package.and_then(|package| package.papers.into_iter().find(|paper| paper.file == file)) {
            Some(paper) => Ok(([(header::CONTENT_SECURITY_POLICY, ALLOWED)], Html(paper.html)).into_response()),
            None => Err(view.nothing()),
        },
        Err(problem) => Err(view.failed(&problem)),
    }
}
