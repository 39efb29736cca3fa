//! What the pages look like: templates, the strings of each language, and pictures drawn as SVG on the server.
//!
//! Nothing here knows of orders, law or ledger: a page is a name and a context.

mod countries;
mod figures;
mod numbers;
mod phrases;
pub mod picture;
mod strings;

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, HtmlEscape, State, Value};
use serde::Serialize;

pub use countries::{countries, countries_alike, country_code, country_name};
pub use numbers::{grouped, short};
pub use phrases::{NameOf, parties_of, phrase, phrase_naming};
pub use strings::{Language, text};

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../templates/", $name)))
    };
}

const TEMPLATES: [(&str, &str); 35] = [
    template!("base.html"),
    template!("parts.html"),
    template!("login.html"),
    template!("setup.html"),
    template!("problem.html"),
    template!("today.html"),
    template!("decide.html"),
    template!("ask.html"),
    template!("decision.html"),
    template!("argument.html"),
    template!("verdict.html"),
    template!("match.html"),
    template!("map.html"),
    template!("uploads.html"),
    template!("upload.html"),
    template!("upload_line.html"),
    template!("screen.html"),
    template!("search.html"),
    template!("users.html"),
    template!("account.html"),
    template!("record.html"),
    template!("orders.html"),
    template!("order.html"),
    template!("papers.html"),
    template!("party.html"),
    template!("allocations.html"),
    template!("parties.html"),
    template!("cases.html"),
    template!("dossier.html"),
    template!("case.html"),
    template!("law.html"),
    template!("lab.html"),
    template!("study.html"),
    template!("brief.html"),
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
        templates.add_filter("country", country);
        templates.add_filter("label", label);
        templates.add_filter("fact", fact);
        templates.add_filter("sentence", |state: &State<'_, '_>, text: String| sentence(language(state), &text));
        templates.add_filter("in_language", in_language);
        templates
            .add_filter("figures", |state: &State<'_, '_>, html: String| figures::figures_in(language(state), &html));
        templates.add_filter("ecfr", |citation: String| ecfr(&citation));
        templates.add_filter("answer", answer);
        templates.add_filter("word", word);
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
    let found = text(language(state), &key)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no string is called `{key}`")))?;
    let mut out = found.to_owned();
    for name in values.args() {
        let value: Value = values.get(name)?;
        out = out.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(out)
}

fn language(state: &State<'_, '_>) -> Language {
    let lang = state.lookup("lang");
    lang.as_ref().and_then(Value::as_str).map_or(Language::English, Language::from_code)
}

/// What a column or a fact is called on pages; its own words where it has no name.
fn label(state: &State<'_, '_>, name: String) -> String {
    let found = text(language(state), &format!("field.{name}")).or_else(|| text(language(state), &name));
    found.map_or_else(|| name.replace(['_', '.'], " "), str::to_owned)
}

/// The value of a fact: yes, no, unknown, a number in groups, or a word.
fn fact(state: &State<'_, '_>, value: Value) -> String {
    let said = |key: &str| text(language(state), key).unwrap_or(key).to_owned();
    match value.kind() {
        ValueKind::Bool if value.is_true() => said("fact.true"),
        ValueKind::Bool => said("fact.false"),
        ValueKind::None | ValueKind::Undefined => said("holds.unknown"),
        ValueKind::Number => numbers::grouped_value(&value),
        _ if country_name(language(state), &value.to_string()).is_some() => country(state, value),
        _ => word(state, value.to_string()),
    }
}

/// What a decision comes to, such as `license_required (presumption_of_denial)`, in the page's language.
fn answer(state: &State<'_, '_>, label_text: String) -> String {
    let mut parts = label_text.split(" (").map(|part| part.trim_end_matches(')'));
    let outcome = parts.next().unwrap_or("");
    let known = text(language(state), &format!("outcome.{outcome}"));
    let known = known.map_or_else(|| outcome.replace('_', " "), str::to_owned);
    let rest: Vec<String> = parts.map(|part| label(state, part.to_owned())).collect();
    if rest.is_empty() { known } else { format!("{known} ({})", rest.join(", ")) }
}

/// A word that the law knows, such as `data_center`, in the page's language; another text with spaces.
fn word(state: &State<'_, '_>, word: String) -> String {
    let known = text(language(state), &format!("word.{word}"));
    known.map_or_else(|| word.replace('_', " "), str::to_owned)
}

/// A text with a capital at its beginning and a full stop at its end; one in Japanese letters on a Japanese page ends as Japanese does, and its
/// beginning, which may be a name, stays.
fn sentence(language: Language, text: &str) -> String {
    let text = text.trim();
    let is_kana = |letter: char| ('\u{3040}'..='\u{30ff}').contains(&letter);
    if language == Language::Japanese && text.contains(is_kana) {
        return if text.ends_with(['.', '!', '?', '。']) { text.to_owned() } else { format!("{text}。") };
    }
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let whole: String = first.to_uppercase().chain(letters).collect();
    if whole.ends_with(['.', '!', '?', '。']) { whole } else { format!("{whole}.") }
}

/// A sentence in the page's language, with the parties in it by the names that the page has (`names`, by id); marked as English where it is only in
/// English.
fn in_language(state: &State<'_, '_>, text: Value) -> Value {
    let text = text.to_string();
    if text.trim().is_empty() {
        return Value::from("");
    }
    let names = state.lookup("names");
    let name_of = |id: &str| {
        let name = names.as_ref()?.get_item(&Value::from(id)).ok()?;
        name.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
    };
    match phrase_naming(language(state), &text, &name_of) {
        Some(text) => Value::from(text),
        None => Value::from_safe_string(format!("<span lang=\"en\">{}</span>", HtmlEscape(&text))),
    }
}

/// The official address of what a citation of title 15 names: the section with its paragraph, or the part of a supplement. Empty for other citations.
fn ecfr(citation: &str) -> String {
    const TITLE: &str = "https://www.ecfr.gov/current/title-15";
    let Some(rest) = citation.strip_prefix("15 CFR ") else { return String::new() };
    let end = rest.find(|letter: char| !(letter.is_ascii_digit() || letter == '.')).unwrap_or(rest.len());
    let (number, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
    let number = number.trim_end_matches('.');
    match number.split_once('.') {
        None if number.is_empty() => String::new(),
        None => format!("{TITLE}/part-{number}"),
        Some(_) if behind.starts_with('(') => {
            let paragraph = behind.split([' ', ',', ';']).next().unwrap_or("");
            format!("{TITLE}/section-{number}#p-{number}{paragraph}")
        }
        Some(_) => format!("{TITLE}/section-{number}"),
    }
}

/// A country's code with its name in the page's language; another text as it is.
fn country(state: &State<'_, '_>, code: Value) -> String {
    let code = code.to_string();
    country_name(language(state), &code).map_or_else(|| code.clone(), |name| format!("{name} ({code})"))
}

#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
