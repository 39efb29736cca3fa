//! What the pages look like: templates, the strings of each language, and pictures drawn as SVG on the server.
//!
//! Nothing here knows of orders, law or ledger: a page is a name and a context.

mod numbers;
pub mod picture;
mod strings;

use minijinja::value::Kwargs;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, State, Value};
use serde::Serialize;

pub use numbers::{grouped, short};
pub use strings::{Language, text};

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/", $name)))
    };
}

const TEMPLATES: [(&str, &str); 19] = [
    template!("base.html"),
    template!("parts.html"),
    template!("login.html"),
    template!("problem.html"),
    template!("today.html"),
    template!("decide.html"),
    template!("decision.html"),
    template!("orders.html"),
    template!("order.html"),
    template!("party.html"),
    template!("allocations.html"),
    template!("parties.html"),
    template!("cases.html"),
    template!("dossier.html"),
    template!("case.html"),
    template!("law.html"),
    template!("lab.html"),
    template!("study.html"),
    template!("audit.html"),
];

/// A file that a page asks for: its name, its kind, its text.
pub const STATIC: [(&str, &str, &str); 3] = [
    ("app.css", "text/css; charset=utf-8", include_str!("../../static/app.css")),
    ("app.js", "text/javascript; charset=utf-8", include_str!("../../static/app.js")),
    ("mark.svg", "image/svg+xml", include_str!("../../static/mark.svg")),
];

/// All pages.
#[derive(Debug)]
pub struct Pages {
    templates: Environment<'static>,
}

/// A page that cannot be drawn: a mistake in a template.
#[derive(Debug, thiserror::Error)]
#[error("the page {page} cannot be drawn: {why}")]
pub struct PageError {
    page: String,
    why: String,
}

impl Pages {
    /// Reads all templates.
    pub fn new() -> Result<Pages, PageError> {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(minijinja::UndefinedBehavior::SemiStrict);
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.add_function("t", translate);
        templates.add_filter("grouped", |value: Value| numbers::grouped_value(&value));
        templates.add_filter("short", |value: Value| numbers::short_value(&value));
        templates.add_filter("words", |text: String| text.replace('_', " "));
        for (name, text) in TEMPLATES {
            let wrong = |error: Error| PageError { page: name.to_owned(), why: format!("{error:#}") };
            templates.add_template(name, text).map_err(wrong)?;
        }
        Ok(Pages { templates })
    }

    /// A page or a part of one. The context must hold `lang`, the language's code.
    pub fn render(&self, page: &str, context: impl Serialize) -> Result<String, PageError> {
        let wrong = |error: Error| PageError { page: page.to_owned(), why: format!("{error:#}") };
        let context = Value::from(minijinja::value::Serde(context));
        self.templates.get_template(page).and_then(|template| template.render(context)).map_err(wrong)
    }
}

/// `t("key", name=value)`: a string in the page's language, with what stands in braces replaced. Without a language it is English.
fn translate(state: &State<'_, '_>, key: String, values: Kwargs) -> Result<String, Error> {
    let lang = state.lookup("lang");
    let language = lang.as_ref().and_then(Value::as_str).map_or(Language::English, Language::from_code);
    let found = text(language, &key)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no string is called `{key}`")))?;
    let mut out = found.to_owned();
    for name in values.args() {
        let value: Value = values.get(name)?;
        out = out.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(out)
}

#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
