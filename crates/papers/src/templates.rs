//! The templates: those of the program, and a folder of the user's in their place.

use std::collections::BTreeMap;
use std::path::Path;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};
use serde::Serialize;
use tollgate_model::{Diagnostic, Diagnostics, Place};

use crate::blocks::Block;
use crate::case::{LineSheet, OrderCase, PartySheet, example_case};
use crate::front_matter::{Each, FrontMatter, split_head};
use crate::values::{flat, guarded, unguarded};

macro_rules! template {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../papers/", $name)))
    };
}

/// The templates of the program.
const EMBEDDED: &[(&str, &str)] = &[
    template!("questionnaire.txt"),
    template!("red-flags.txt"),
    template!("screening.txt"),
    template!("aes.txt"),
    template!("destination-control.txt"),
    template!("bis-748p.txt"),
    template!("china-certifications.txt"),
    template!("end-use.txt"),
    template!("lpp-certification.txt"),
    template!("lpp-prior-notice.txt"),
    template!("lpp-copy.txt"),
    template!("lpp-limit.txt"),
    template!("aia-certification.txt"),
    template!("aia-notice.txt"),
    template!("aia-report.txt"),
    template!("acm-account.txt"),
    template!("nac-notification.txt"),
    template!("purchase-order.txt"),
    template!("hbm-statement.txt"),
    template!("veu-notice.txt"),
    template!("uvl-statement.txt"),
    template!("records.txt"),
    template!("_signature.txt"),
];

/// The frame of every paper as a page to print.
const PAGE: &str = "page.html";

/// A template with its head.
pub(crate) struct PaperTemplate {
    /// Its file's name.
    pub(crate) file: String,
    /// Its head.
    pub(crate) front: FrontMatter,
    source: String,
}

impl PaperTemplate {
    /// The file's name without its ending.
    pub(crate) fn stem(&self) -> &str {
        self.file.strip_suffix(".txt").unwrap_or(&self.file)
    }
}

/// All templates, checked.
pub struct Templates {
    environment: Environment<'static>,
    page: Environment<'static>,
    papers: Vec<PaperTemplate>,
}

/// A text of a template's head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Head {
    /// Why the paper is made.
    Why,
    /// What must not ship before.
    Hold,
}

impl Head {
    /// The name under which the text of a file's head is a template.
    fn name(self, file: &str) -> String {
        let head = if self == Head::Why { "why" } else { "hold" };
        format!("{file} ({head})")
    }
}

/// A page as its frame sees it.
#[derive(Serialize)]
pub(crate) struct PageFields<'a> {
    /// The paper's title.
    pub(crate) title: &'a str,
    /// What stands over everything where the order may not go.
    pub(crate) banner: Option<&'a str>,
    /// What the paper follows.
    pub(crate) basis: &'a str,
    /// Of which order it is.
    pub(crate) order: &'a str,
    /// Its parts.
    pub(crate) blocks: &'a [Block],
}

impl Templates {
    /// The templates of the program. Errors name the template and the line.
    pub fn embedded() -> Result<Templates, Diagnostics> {
        let texts = EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Templates::checked(texts.collect(), include_str!("../../../papers/page.html"))
    }

    /// The same, with the files of a folder in the place of those of the same name, and its others beside them. Errors name the template and the line.
    pub fn with_folder(folder: &Path) -> Result<Templates, Diagnostics> {
        let mut texts: BTreeMap<String, String> =
            EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let mut page = include_str!("../../../papers/page.html").to_owned();
        let unreadable = |path: &Path, error: &std::io::Error| {
            let what = format!("cannot be read: {error}");
            Diagnostics::from(Diagnostic::new("unreadable", Place::path(path), what, "check the folder of --templates"))
        };
        let entries = std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(folder, &error))?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            let Some(name) = name.filter(|name| !name.starts_with('.')) else { continue };
            if !name.ends_with(".txt") && name != PAGE {
                let what = "it is no template: its name ends neither in .txt nor is it page.html";
                let mend = "move it out of the folder of --templates";
                return Err(Diagnostic::new("bad-template", Place::path(&path), what, mend).into());
            }
            let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            if name == PAGE { page = text } else { drop(texts.insert(name, text)) }
        }
        Templates::checked(texts, &page)
    }

    /// Reads the texts; every mistake in any of them is named.
    fn checked(texts: BTreeMap<String, String>, page: &str) -> Result<Templates, Diagnostics> {
        let mut mistakes = Vec::new();
        let mut papers = Vec::new();
        let mut templates = Templates { environment: text_environment(), page: page_environment(), papers: Vec::new() };
        if let Err(error) = templates.page.add_template_owned(PAGE, page.to_owned()) {
            mistakes.push(mistake(PAGE, page, &error));
        }
        for (file, text) in texts {
            let body = if file.starts_with('_') {
                text.clone()
            } else {
                match split_head(&file, &text) {
                    Ok((front, body)) => {
                        for (head, text) in [(Head::Why, Some(&front.why)), (Head::Hold, front.hold.as_ref())] {
                            let Some(text) = text else { continue };
                            let added = templates.environment.add_template_owned(head.name(&file), text.clone());
                            mistakes.extend(added.err().map(|error| head_mistake(&file, &error)));
                        }
                        papers.push(PaperTemplate { file: file.clone(), front, source: text.clone() });
                        body
                    }
                    Err(wrong) => {
                        mistakes.push(wrong);
                        continue;
                    }
                }
            };
            if let Err(error) = templates.environment.add_template_owned(file.clone(), body) {
                mistakes.push(mistake(&file, &text, &error));
            }
        }
        papers.sort_by(|a, b| (a.front.place, &a.file).cmp(&(b.front.place, &b.file)));
        if mistakes.is_empty() {
            mistakes.extend(papers.iter().flat_map(|paper| templates.unknown_fields(paper)));
        }
        templates.papers = papers;
        if mistakes.is_empty() { Ok(templates) } else { Err(Diagnostics::in_order_of_place(mistakes)) }
    }

    /// The templates of papers, in their order.
    pub(crate) fn papers(&self) -> &[PaperTemplate] {
        &self.papers
    }

    /// The fields that a template names and that there are not, also where its text does not come by them.
    fn unknown_fields(&self, paper: &PaperTemplate) -> Vec<Diagnostic> {
        let example = context_of(&example_case(), paper, Some(Value::from(Serde(PartyOrLine::default()))));
        let body = self.environment.get_template(&paper.file).map(|template| template.undeclared_variables(true));
        let mut named: Vec<String> = body.into_iter().flatten().collect();
        for head in [Head::Why, Head::Hold] {
            let template = self.environment.get_template(&head.name(&paper.file));
            named.extend(template.map(|template| template.undeclared_variables(true)).into_iter().flatten());
        }
        match self.environment.compile_expression_owned(paper.front.when.clone()) {
            Ok(expression) => named.extend(expression.undeclared_variables(true)),
            Err(error) => return vec![mistake(&paper.file, &paper.source, &error)],
        }
        named.sort();
        named.dedup();
        let unknown = named.into_iter().filter(|field| !is_known(&example, field));
        unknown.map(|field| unknown_field(paper, &field)).collect()
    }

    /// Whether a paper is needed.
    pub(crate) fn is_needed(&self, paper: &PaperTemplate, context: &Value) -> Result<bool, Diagnostic> {
        let wrong = |error: Error| mistake(&paper.file, &paper.source, &error);
        let expression = self.environment.compile_expression_owned(paper.front.when.clone()).map_err(wrong)?;
        expression.eval(context.clone()).map(|value| value.is_true()).map_err(wrong)
    }

    /// A text of a paper's head.
    pub(crate) fn head_text(&self, paper: &PaperTemplate, head: Head, context: &Value) -> Result<String, Diagnostic> {
        let name = head.name(&paper.file);
        let rendered = self.environment.get_template(&name).and_then(|template| template.render(context.clone()));
        let text = rendered.map_err(|error| head_mistake(&paper.file, &error))?;
        Ok(flat(&unguarded(&text)))
    }

    /// The text of a paper, with its values guarded.
    pub(crate) fn body(&self, paper: &PaperTemplate, context: &Value) -> Result<String, Diagnostic> {
        let rendered = self.environment.get_template(&paper.file).and_then(|template| template.render(context.clone()));
        rendered.map_err(|error| mistake(&paper.file, &paper.source, &error))
    }

    /// A paper as a page to print.
    pub(crate) fn page(&self, fields: &PageFields<'_>) -> Result<String, Diagnostic> {
        let rendered = self.page.get_template(PAGE).and_then(|page| page.render(Value::from(Serde(fields))));
        rendered.map_err(|error| mistake(PAGE, "", &error))
    }
}

/// Every field of a line and of a party, to look up what there is.
#[derive(Default, Serialize)]
struct PartyOrLine {
    #[serde(flatten)]
    party: PartySheet,
    #[serde(flatten)]
    line: LineSheet,
}

/// What a template can name.
pub(crate) fn context_of(case: &OrderCase, paper: &PaperTemplate, one: Option<Value>) -> Value {
    let values = Value::from(Serde(&paper.front.values));
    let mut fields: BTreeMap<String, Value> = BTreeMap::from([("values".to_owned(), values)]);
    let case = Value::from(Serde(case));
    for name in case.try_iter().into_iter().flatten() {
        let field = case.get_item(&name).unwrap_or(Value::from(()));
        fields.insert(name.to_string(), field);
    }
    if let (Some(each), Some(one)) = (paper.front.each, one) {
        let name = if each == Each::Line { "line" } else { "party" };
        fields.insert(name.to_owned(), one);
    }
    Value::from(fields)
}

/// Whether there is a field, by its path with points between. What is in a list or in nothing is looked at when it is written.
fn is_known(example: &Value, path: &str) -> bool {
    let mut value = example.clone();
    for name in path.split('.') {
        if value.kind() != ValueKind::Map {
            return true;
        }
        match value.get_attr(name) {
            Ok(found) if !found.is_undefined() => value = found,
            _ => return false,
        }
    }
    true
}

fn unknown_field(paper: &PaperTemplate, field: &str) -> Diagnostic {
    let place = paper.source.lines().position(|line| line.contains(field)).map_or(1, |place| place + 1);
    let what = format!("the template names `{field}`, and there is no such field");
    Diagnostic::new("bad-template", Place::line(&paper.file, place), what, "take a field of the list in docs/papers.md")
}

/// A mistake of a text of a template's head.
fn head_mistake(file: &str, error: &Error) -> Diagnostic {
    let which = error.name().and_then(|name| name.strip_prefix(file)).unwrap_or("").trim();
    let what = format!("`why` or `hold` of its head is not understood {which}: {error}");
    let mend = "correct the template; docs/papers.md lists the fields and filters";
    Diagnostic::new("bad-template", Place::line(file, 1), what, mend)
}

/// A mistake of a template, with its line and what stands there.
fn mistake(name: &str, source: &str, error: &Error) -> Diagnostic {
    let line = error.line().unwrap_or(1);
    let file = error.name().filter(|file| *file != "<expression>").unwrap_or(name);
    let text = source.lines().nth(line.saturating_sub(1)).filter(|_| file == name).map(str::trim);
    let shown = text.filter(|text| !text.is_empty()).map_or(String::new(), |text| format!(" in `{text}`"));
    let what = match error.kind() {
        ErrorKind::UndefinedError => format!("a field is named that there is not{shown}"),
        _ => format!("the template is not understood{shown}: {error}"),
    };
    let mend = "correct the template; docs/papers.md lists the fields and filters";
    Diagnostic::new("bad-template", Place::line(file, line), what, mend)
}

/// Writes a value as text that is no markup; a blank where nothing is known.
fn write_value(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    out.write_str(&guarded(&text_of(value))).map_err(Error::from)
}

/// A value as text: yes or no, numbers in groups, lists with `; ` between; empty where nothing is known.
fn text_of(value: &Value) -> String {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => String::new(),
        ValueKind::Bool => (if value.is_true() { "yes" } else { "no" }).to_owned(),
        ValueKind::Seq | ValueKind::Iterable => {
            let texts = value.try_iter().into_iter().flatten().map(|one| text_of(&one));
            texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")
        }
        _ => value.to_string(),
    }
}

/// A whole number in groups of three digits; anything else as it is.
fn grouped(value: Value) -> Value {
    let number: Option<u64> = value.to_string().parse().ok();
    number.map_or(value, |number| Value::from(tollgate_model::group_digits(number)))
}

/// What stands under a key of a table; nothing where it has none.
fn lookup(table: Value, key: Value) -> Value {
    let found = table.get_item(&key).ok().filter(|found| !found.is_undefined());
    found.unwrap_or(Value::from(()))
}

fn text_environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_formatter(write_value);
    environment.add_filter("grouped", grouped);
    environment.add_filter("lookup", lookup);
    environment.add_filter("words", |text: String| text.replace('_', " "));
    environment.set_syntax(syntax());
    environment
}

fn page_environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_syntax(syntax());
    environment
}

/// Lines that hold only a tag leave no empty line.
fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or(SyntaxConfig::default())
}
