//! The page of a replay: what would have been decided otherwise.

use std::fmt::Write as _;

use super::svg::{escape, real, short, text};
use tollgate_model::group_digits;

/// What a replay found.
pub struct ReplayData {
    /// The policy's name.
    pub policy: String,
    /// The one it is held against.
    pub against: String,
    /// SHA-256 of the law under each.
    pub digests: [String; 2],
    /// The first and the last day.
    pub span: [String; 2],
    /// Lines that are decided otherwise.
    pub lines: u64,
    /// TPP of these lines.
    pub tpp: u64,
    /// By what changed.
    pub changes: Vec<ReplayRow>,
    /// By tier of the destination.
    pub tiers: Vec<ReplayRow>,
    /// By destination.
    pub countries: Vec<ReplayRow>,
    /// By month.
    pub months: Vec<ReplayRow>,
    /// By consignee.
    pub consignees: Vec<ReplayRow>,
    /// Known schemes: typology, how many, how many would no longer fit, TPP, TPP stopped.
    pub schemes: Vec<[String; 5]>,
}

/// Lines of one change, under a name.
pub struct ReplayRow {
    /// What changed, in words.
    pub change: String,
    /// What the row is about.
    pub name: String,
    /// Lines.
    pub lines: u64,
    /// TPP.
    pub tpp: u64,
    /// US dollars.
    pub usd: u64,
}

/// The page of a replay.
pub fn replay_page(data: &ReplayData) -> String {
    let mut out = String::with_capacity(1 << 16);
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Tollgate replay: {0} against {1}</title><style>{2}</style></head><body><main><header><h1>What would have been decided otherwise</h1><p class=\"lead\">{3} order lines from {4} to {5}, {6} TPP in all, decided under <b>{0}</b> and under <b>{1}</b>, each with its own allocations counted in order of date.</p><p class=\"note\">Tollgate informs; it is not legal advice. The orders are those that were placed under the law of their day: who would have ordered otherwise is a matter for <code>tollgate simulate</code>.</p></header>",
        escape(&data.policy),
        escape(&data.against),
        include_str!("report.css"),
        group_digits(data.lines),
        escape(&data.span[0]),
        escape(&data.span[1]),
        short(data.tpp),
    );
    let nothing = "Nothing would have been decided otherwise.";
    let all = Section { id: "changes", title: "In all", empty: nothing, name_head: None };
    all.write(&mut out, &data.changes);
    let parts = [
        ("tiers", "By tier of destination", "Tier", &data.tiers),
        ("months", "By month", "Month", &data.months),
        ("countries", "By country", "Country", &data.countries),
        ("consignees", "The consignees whom it changes most", "Ultimate consignee", &data.consignees),
    ];
    for (id, title, name_head, rows) in parts {
        Section { id, title, empty: "None.", name_head: Some(name_head) }.write(&mut out, rows);
    }
    schemes(&mut out, &data.schemes);
    let _ = writeln!(
        out,
        "<section aria-labelledby=\"inputs\"><h2 id=\"inputs\">Made from</h2><ul><li>{} <code>{}</code></li><li>{} <code>{}</code></li><li>tollgate {}</li></ul></section></main></body></html>",
        escape(&data.policy),
        escape(&data.digests[0]),
        escape(&data.against),
        escape(&data.digests[1]),
        env!("CARGO_PKG_VERSION")
    );
    out
}

/// A section of the page.
struct Section {
    /// Its id on the page.
    id: &'static str,
    title: &'static str,
    /// What it says where it has no rows.
    empty: &'static str,
    /// The head of the column of names, where rows have names.
    name_head: Option<&'static str>,
}

impl Section {
    fn write(&self, out: &mut String, rows: &[ReplayRow]) {
        let Section { id, title, empty, name_head } = self;
        let _ = write!(out, "<section aria-labelledby=\"{id}\"><h2 id=\"{id}\">{title}</h2>");
        if rows.is_empty() {
            let _ = write!(out, "<p>{empty}</p></section>");
            return;
        }
        let most = real(rows.iter().map(|row| row.tpp).max().unwrap_or(1).max(1));
        let _ = write!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}\"><table><thead><tr>"
        );
        for head in (*name_head).into_iter().chain(["Change", "Lines", "TPP", "Share of the largest", "US dollars"]) {
            let _ = write!(out, "<th scope=\"col\">{head}</th>");
        }
        out.push_str("</tr></thead><tbody>");
        for row in rows {
            let width = real(row.tpp) / most * 100.0;
            let name = name_head.map_or(String::new(), |_| format!("<th scope=\"row\">{}</th>", text(&row.name)));
            let _ = write!(
                out,
                "<tr>{name}<td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td><svg class=\"bar\" viewBox=\"0 0 100 6\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{width:.0} %\"><rect class=\"track\" width=\"100\" height=\"6\"/><rect class=\"used\" width=\"{width:.2}\" height=\"6\"/></svg></td><td class=\"number\">{}</td></tr>",
                escape(&row.change),
                group_digits(row.lines),
                short(row.tpp),
                group_digits(row.usd),
            );
        }
        out.push_str("</tbody></table></div></section>");
    }
}

fn schemes(out: &mut String, rows: &[[String; 5]]) {
    if rows.is_empty() {
        return;
    }
    out.push_str("<section aria-labelledby=\"schemes\"><h2 id=\"schemes\">Known schemes that would no longer fit</h2><p>A scheme no longer fits where half of its compute or more would have needed a license that it did not need.</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"schemes\"><table><thead><tr>");
    for head in ["Typology", "Schemes", "No longer fit", "TPP", "TPP that needs a license"] {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for [typology, rest @ ..] in rows {
        let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escape(typology));
        for cell in rest {
            let _ =
                write!(out, "<td class=\"number\">{}</td>", cell.parse().map_or_else(|_| escape(cell), group_digits));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div></section>");
}
