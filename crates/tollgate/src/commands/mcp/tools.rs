//! The tools: what each takes, and the function of a command that it calls.

use std::fmt::Write as _;

use rmcp::model::JsonObject;
use rmcp::schemars::{JsonSchema, SchemaGenerator};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tollgate_decide::load_policy;
use tollgate_law::split_days;
use tollgate_model::{Date, Stop};

use super::arguments::McpArguments;
use super::rows::{CallTables, TableRows, item_rows, order_rows, party_rows, stake_rows};
use crate::commands::ask::{AskArguments, record_text, reply, screening_note};
use crate::commands::classify::{ClassifyArguments, classification};
use crate::commands::decide::decided_records;
use crate::commands::explain::{ExplainArguments, explanation};
use crate::commands::inputs::{TextFormat, country, day};
use crate::commands::policy::compare;
use crate::commands::screen::{ScreenArguments, ScreenMode, screening_report};
use crate::commands::{Failure, embedded_law};

/// What a call comes to.
pub(super) struct ToolReply {
    /// As the command prints it.
    pub(super) text: String,
    /// The same facts.
    pub(super) json: Value,
    /// Why the call is an error all the same, with its mend.
    pub(super) problem: Option<String>,
}

type Call = fn(&McpArguments, JsonObject, &Stop) -> Result<ToolReply, Failure>;

/// A tool.
pub(super) struct ToolDefinition {
    /// Its name.
    pub(super) name: &'static str,
    /// Its name for people.
    pub(super) title: &'static str,
    /// What it does, for the assistant.
    pub(super) description: &'static str,
    /// The JSON schema of its arguments.
    pub(super) schema: fn() -> JsonObject,
    /// Calls it.
    pub(super) call: Call,
}

/// Every tool.
pub(super) static TOOLS: [ToolDefinition; 6] = [
    ToolDefinition {
        name: "ask",
        title: "Ask in one line",
        description: "Decides a question in one line: `N ITEM and N ITEM [from COUNTRY] to BUYER, COUNTRY [, headquartered in COUNTRY] [for USE]`. \
Says how each part was understood, whether the buyer was screened, the decision of each line and the next step. What is not understood is an error.",
        schema: schema::<AskCall>,
        call: ask,
    },
    ToolDefinition {
        name: "classify",
        title: "Classify items",
        description: "TPP, performance density and ECCN (3A090, 4A090, .z) of items by their names, and why.",
        schema: schema::<ClassifyCall>,
        call: classify,
    },
    ToolDefinition {
        name: "decide",
        title: "Decide order lines",
        description: "Decides order lines: whether each may go, under which authorization or exception, by which paragraph, and what is missing.",
        schema: schema::<DecideCall>,
        call: decide,
    },
    ToolDefinition {
        name: "explain",
        title: "Explain a decision",
        description: "The argument of one order's decision, every step with its citation and the facts that it reads.",
        schema: schema::<ExplainCall>,
        call: explain,
    },
    ToolDefinition {
        name: "screen",
        title: "Screen a name",
        description: "Holds a name against the lists that the server was started with; says what each match is worth and why. No match is no clearance.",
        schema: schema::<ScreenCall>,
        call: screen,
    },
    ToolDefinition {
        name: "policy_diff",
        title: "Compare two policies",
        description: "Every kind of order that two policies decide differently, with the clause and a smallest order.",
        schema: schema::<PolicyDiffCall>,
        call: policy_diff,
    },
];

fn schema<T: JsonSchema>() -> JsonObject {
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    match schema.to_value() {
        Value::Object(object) => object,
        // A schema that allows nothing refuses every call.
        _ => JsonObject::from_iter([("not".to_owned(), json!({}))]),
    }
}

/// The arguments of a call; unknown ones, and those of another type, are refused.
fn arguments<T: DeserializeOwned>(members: JsonObject) -> Result<T, Failure> {
    serde_json::from_value(Value::Object(members)).map_err(|error| {
        let mend = "give the arguments that the tool's schema names, and no others";
        Failure::Unusable(format!("the arguments are not understood: {error}\n  mend: {mend}"))
    })
}

fn read_day(name: &str, text: Option<&str>) -> Result<Option<Date>, Failure> {
    let read =
        |text| day(text).map_err(|mend| Failure::Unusable(format!("`{name}`: `{text}` is no day\n  mend: {mend}")));
    text.map(read).transpose()
}

/// The name of a policy of the program, or the one that the server was started with; a path of another file is refused.
fn policy_name(server: &McpArguments, name: Option<String>) -> Result<String, Failure> {
    let Some(name) = name else { return Ok(server.basis.policy.clone()) };
    let law = embedded_law()?;
    let (base, _) = split_days(&name)?;
    if law.policy_names().contains(&base) || split_days(&server.basis.policy)?.0 == base {
        return Ok(name);
    }
    let mend = format!("take one of {}, with @YYYY-MM-DD behind it for a day", law.policy_names().join(", "));
    Err(Failure::Unusable(format!("`{name}` is no policy of this server\n  mend: {mend}")))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct AskCall {
    /// The question, such as: 4 RTX 5090 and one HGX A100 8-GPU to Hoa Sen Engineering, Viet Nam, for rendering
    question: String,
    /// The day of shipment as YYYY-MM-DD; today where absent
    date: Option<String>,
    /// The policy; the server's where absent
    policy: Option<String>,
}

fn ask(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let AskCall { question, date, policy } = arguments(members)?;
    let arguments = AskArguments {
        text: vec![question],
        lists: server.basis.lists.clone(),
        policy: policy_name(server, policy)?,
        date: read_day("date", date.as_deref())?,
        json: true,
        fail_on: Vec::new(),
    };
    let reply = reply(&arguments, stop)?;
    Ok(ToolReply { text: reply.text(), json: reply.json(), problem: problem(reply.check_whole())? })
}

/// What is wrong with an answer that stands nevertheless.
fn problem(checked: Result<(), Failure>) -> Result<Option<String>, Failure> {
    match checked {
        Ok(()) => Ok(None),
        Err(Failure::Unusable(text)) => Ok(Some(text)),
        Err(other) => Err(other),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct ClassifyCall {
    /// Items by name, such as H100 SXM
    names: Vec<String>,
    /// The day as YYYY-MM-DD; today where absent
    date: Option<String>,
    /// The policy; the server's where absent
    policy: Option<String>,
}

fn classify(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let ClassifyCall { names, date, policy } = arguments(members)?;
    if names.is_empty() {
        return Err(Failure::Unusable("`names` is empty\n  mend: name one item or more".to_owned()));
    }
    let arguments = ClassifyArguments {
        names,
        items: server.basis.items.clone(),
        is_table_listed: false,
        policy: policy_name(server, policy)?,
        date: read_day("date", date.as_deref())?,
        format: TextFormat::Json,
    };
    let items = classification(&arguments, stop)?;
    Ok(ToolReply { text: items.text(), json: items.json(), problem: problem(items.check_known())? })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct DecideCall {
    /// The order lines, in order of their dates
    #[schemars(schema_with = "order_rows")]
    lines: TableRows,
    /// The parties that the lines name; a party without a row leaves its lines open
    #[schemars(schema_with = "party_rows")]
    #[serde(default)]
    parties: Option<TableRows>,
    /// Stakes of these parties in each other
    #[schemars(schema_with = "stake_rows")]
    #[serde(default)]
    ownership: Option<TableRows>,
    /// Items that the catalog lacks
    #[schemars(schema_with = "item_rows")]
    #[serde(default)]
    items: Option<TableRows>,
    /// The policy; the server's where absent
    policy: Option<String>,
}

fn decide(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let DecideCall { lines, parties, ownership, items, policy } = arguments(members)?;
    if lines.is_empty() {
        return Err(Failure::Unusable("`lines` is empty\n  mend: give one order line or more".to_owned()));
    }
    let tables = CallTables { lines: Some(lines), parties, ownership, items };
    let call = tables.inputs(server, policy_name(server, policy)?)?;
    let decided = decided_records(&call.inputs, stop).map_err(|failure| call.without_folder(failure))?;
    let screened = screening_note(&server.basis.lists);
    let mut text = format!("{screened}\n");
    for mistake in &decided.unread.0 {
        let _ = writeln!(text, "not understood, and taken as unknown: {mistake}");
    }
    for record in &decided.records {
        let _ = write!(text, "\nOrder {}, line {}: {}", record.order_id, record.line, record_text(record));
    }
    text.push_str("\nIt informs; it is not legal advice.\n");
    let unread: Vec<String> = decided.unread.0.iter().map(ToString::to_string).collect();
    let json = json!({ "screening": screened, "not_understood": unread, "decisions": decided.records });
    Ok(ToolReply { text, json, problem: None })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct ExplainCall {
    /// The order's id
    order: String,
    /// The item line; all lines of the order where absent
    line: Option<i64>,
    /// Order lines; the server's orders where absent. Those before the order are decided too, so that allocations stand as they would
    #[schemars(schema_with = "order_rows")]
    #[serde(default)]
    lines: Option<TableRows>,
    /// The parties that the lines name
    #[schemars(schema_with = "party_rows")]
    #[serde(default)]
    parties: Option<TableRows>,
    /// Stakes of these parties in each other
    #[schemars(schema_with = "stake_rows")]
    #[serde(default)]
    ownership: Option<TableRows>,
    /// Items that the catalog lacks
    #[schemars(schema_with = "item_rows")]
    #[serde(default)]
    items: Option<TableRows>,
    /// The policy; the server's where absent
    policy: Option<String>,
}

fn explain(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let ExplainCall { order, line, lines, parties, ownership, items, policy } = arguments(members)?;
    let tables = CallTables { lines, parties, ownership, items };
    let call = tables.inputs(server, policy_name(server, policy)?)?;
    let arguments = ExplainArguments { inputs: call.inputs.clone(), order, line, format: TextFormat::Json };
    let found = explanation(&arguments, stop).map_err(|failure| call.without_folder(failure))?;
    Ok(ToolReply { text: found.text, json: json!({ "decisions": found.records }), problem: None })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct ScreenCall {
    /// The name
    name: String,
    /// Where the named party is, as two letters (ISO 3166-1)
    country: Option<String>,
    /// The most matches shown; 10 where absent
    limit: Option<u16>,
}

fn screen(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let ScreenCall { name, country: place, limit } = arguments(members)?;
    let read = |text: String| {
        country(&text).map_err(|mend| Failure::Unusable(format!("`country`: `{text}` is none\n  mend: {mend}")))
    };
    let arguments = ScreenArguments {
        lists: server.basis.lists.clone(),
        name: Some(name),
        country: place.map(read).transpose()?,
        parties: None,
        ownership: None,
        orders: None,
        mode: ScreenMode::Tollgate,
        date: None,
        limit: limit.map_or(10, usize::from),
        out: None,
        fail_on: None,
        format: TextFormat::Json,
    };
    let report = screening_report(&arguments, stop)?;
    let json = json!({ "parties": report.objects().collect::<Vec<_>>() });
    Ok(ToolReply { text: report.text(), json, problem: None })
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(crate = "rmcp::schemars")]
struct PolicyDiffCall {
    /// The first policy, such as ear, codified, diffusion or anthropic-2025, with @YYYY-MM-DD behind it for a day
    first: String,
    /// The second
    second: String,
    /// Only on this day, as YYYY-MM-DD
    date: Option<String>,
    /// Both as they could be known on this day, as YYYY-MM-DD
    known_on: Option<String>,
    /// Every region, and not only their number and the smallest of each kind
    all: Option<bool>,
}

fn policy_diff(server: &McpArguments, members: JsonObject, stop: &Stop) -> Result<ToolReply, Failure> {
    let PolicyDiffCall { first, second, date, known_on, all } = arguments(members)?;
    let law = embedded_law()?;
    let known_on = read_day("known_on", known_on.as_deref())?;
    let load = |name: String| -> Result<_, Failure> {
        let name = policy_name(server, Some(name))?;
        Ok(load_policy(&law, &crate::commands::inputs::policy_name(&name, known_on)?)?)
    };
    let (first, second) = (load(first)?, load(second)?);
    let comparison = compare(&first, &second, read_day("date", date.as_deref())?, all == Some(true), stop)?;
    Ok(ToolReply { text: comparison.text(), json: comparison.json(), problem: None })
}
