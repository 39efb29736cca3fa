//! What a query may be: one SELECT over the tables that exist. A typology's folder is data, which analysts pass on to one another, and not a program:
//! no other statement, no file, no setting, and no function but those that every engine has under one name.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::Path;

use datafusion::sql::parser::{DFParserBuilder, Statement as Parsed};
use datafusion::sql::sqlparser::ast::{
    Expr, Function, ObjectName, Query, Select, SetExpr, Spanned as _, Statement, TableFactor, Visit as _, Visitor,
};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};
use tollgate_model::{Diagnostic, never};
use tollgate_records::Surrounding;

use super::place;
use crate::tables::DerivedTable;

/// Functions that every engine has under one name and meaning; none of them reads or writes anything.
const FUNCTIONS: [&str; 38] = [
    "abs",
    "array_agg",
    "avg",
    "cast",
    "ceil",
    "character_length",
    "coalesce",
    "concat",
    "count",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "greatest",
    "lag",
    "last_value",
    "lead",
    "least",
    "length",
    "ln",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "power",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "split_part",
    "sqrt",
    "substr",
    "substring",
    "sum",
    "trim",
    "upper",
];

/// The most bytes that a query may have.
const MOST_BYTES: usize = 1 << 18;

/// The names of the tables that a query may read, in no particular order.
fn tables() -> impl Iterator<Item = &'static str> {
    DerivedTable::ALL.iter().map(|table| table.as_str()).chain(Surrounding::ALL.iter().map(|table| table.as_str()))
}

/// What is wrong with a query as a whole: nothing where it is one SELECT over tables that exist, with functions that every engine has.
pub(super) fn check(file: &Path, sql: &str) -> Vec<Diagnostic> {
    let outside =
        |line: usize, what: String, mend: String| Diagnostic::new("outside-subset", place(file, line), what, mend);
    let one_select = "write one SELECT over the tables of docs/design/typologies.md: a typology is data, and changes and reads nothing else";
    if sql.len() > MOST_BYTES {
        let what = format!("has {} bytes, more than {MOST_BYTES}", sql.len());
        return vec![outside(0, what, "write a shorter query".to_owned())];
    }
    if let Some((line, what)) = odd_token(sql) {
        let mend = "write plain names, and text in single quotes: engines read other quotes differently";
        return vec![outside(line, what, mend.to_owned())];
    }
    let first = sql.split(|letter: char| !letter.is_ascii_alphanumeric()).find(|word| !word.is_empty());
    let no_select = || first.map_or("is empty".to_owned(), |word| format!("`{}` is no SELECT", word.to_uppercase()));
    let parser = DFParserBuilder::new(sql).with_dialect(&GenericDialect {}).build();
    let statements = match parser.and_then(|mut parser| parser.parse_statements()) {
        Ok(statements) => statements,
        Err(error) => {
            let what = error.strip_backtrace();
            return vec![outside(line_of(&what), what, one_select.to_owned())];
        }
    };
    let mut statements = statements.into_iter();
    let (statement, rest) = (statements.next(), statements.count());
    if rest > 0 {
        return vec![outside(0, format!("has {} statements", rest + 1), one_select.to_owned())];
    }
    let Some(Parsed::Statement(statement)) = statement else {
        return vec![outside(0, no_select(), one_select.to_owned())];
    };
    let Statement::Query(_) = statement.as_ref() else {
        return vec![outside(0, no_select(), one_select.to_owned())];
    };
    let mut reader = Reader::default();
    let _ = statement.visit(&mut reader);
    reader.found.into_iter().map(|Outside { line, what, mend }| outside(line, what, mend)).collect()
}

/// The line that an engine's message names; 0 where it names none.
fn line_of(message: &str) -> usize {
    let rest = message.split_once("Line: ").map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split([',', ' ']).next()?.parse().ok()).unwrap_or(0)
}

/// The line of a place in a query, which is never longer than [`MOST_BYTES`].
fn line_at(line: u64) -> usize {
    usize::try_from(line).unwrap_or_else(|_| {
        never!("a query of {line} lines is longer than a query may be");
        0
    })
}

/// The first token that engines do not read alike, with its line.
fn odd_token(sql: &str) -> Option<(usize, String)> {
    let tokens = Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().ok()?;
    let odd = |text: &str| text.contains('\\') || text.contains('\r') || text.contains("${");
    let read_alike = |token: &Token| match token {
        Token::Word(word) => word.quote_style.is_none(),
        Token::SingleQuotedString(text) => !odd(text),
        Token::Whitespace(Whitespace::SingleLineComment { comment, .. }) => !odd(comment),
        Token::Whitespace(Whitespace::MultiLineComment(_)) => false,
        Token::Whitespace(_) | Token::Number(..) | Token::EOF => true,
        Token::Comma | Token::Period | Token::SemiColon | Token::LParen | Token::RParen => true,
        Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => true,
        Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod => true,
        _ => false,
    };
    tokens.into_iter().find(|token| !read_alike(&token.token)).map(|TokenWithSpan { token, span }| {
        (line_at(span.start.line), format!("`{token}` is outside of what every engine runs"))
    })
}

/// Something that a query may not hold.
struct Outside {
    line: usize,
    what: String,
    mend: String,
}

/// Walks through a query and gathers what it may not hold.
#[derive(Default)]
struct Reader {
    /// Names of common table expressions, those of each query around the place.
    scopes: Vec<BTreeSet<String>>,
    found: Vec<Outside>,
}

impl Reader {
    fn report(&mut self, line: u64, what: String, mend: &str) {
        self.found.push(Outside { line: line_at(line), what, mend: mend.to_owned() });
    }

    fn function(&mut self, function: &Function) {
        let name = function.name.to_string().to_lowercase();
        if !FUNCTIONS.contains(&name.as_str()) {
            let mend = format!("call one of {}", FUNCTIONS.join(", "));
            self.report(
                function.name.span().start.line,
                format!("`{name}` is no function that a typology may call"),
                &mend,
            );
        }
    }
}

impl Visitor for Reader {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        let line = query.span().start.line;
        let tables = query.with.iter().flat_map(|with| &with.cte_tables);
        self.scopes.push(tables.map(|table| table.alias.name.value.to_lowercase()).collect());
        let odd = query.settings.is_some()
            || query.format_clause.is_some()
            || query.for_clause.is_some()
            || !query.locks.is_empty()
            || !query.pipe_operators.is_empty();
        if odd {
            self.report(line, "a SELECT with settings, locks, a format or pipes".to_owned(), "write a plain SELECT");
        }
        if let Some(word) = other_than_select(&query.body) {
            self.report(line, format!("`{word}` is no SELECT"), "write a plain SELECT");
        }
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<()> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<()> {
        let odd = select.into.is_some()
            || !select.lateral_views.is_empty()
            || !select.connect_by.is_empty()
            || !select.cluster_by.is_empty()
            || !select.distribute_by.is_empty()
            || select.value_table_mode.is_some();
        if odd {
            let what = "a SELECT with INTO, LATERAL VIEW, CONNECT BY or hints".to_owned();
            self.report(select.span().start.line, what, "write a plain SELECT, joins and windows");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, relation: &ObjectName) -> ControlFlow<()> {
        let name = relation.to_string().to_lowercase();
        let known = tables().any(|table| table == name) || self.scopes.iter().any(|scope| scope.contains(&name));
        if !known {
            let mend = format!("ask one of {}: a typology reads no file", tables().collect::<Vec<_>>().join(", "));
            self.report(relation.span().start.line, format!("there is no table `{relation}`"), &mend);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        let plain = match factor {
            TableFactor::Table { args, version, with_hints, json_path, sample, .. } => {
                args.is_none() && version.is_none() && with_hints.is_empty() && json_path.is_none() && sample.is_none()
            }
            TableFactor::Derived { lateral, sample, .. } => !lateral && sample.is_none(),
            TableFactor::NestedJoin { .. } => true,
            _ => false,
        };
        if !plain {
            let what = format!("`{factor}` is no table");
            self.report(factor.span().start.line, what, "ask the tables by their names; no function makes one");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<()> {
        if let Expr::Function(function) = expression {
            self.function(function);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        if !matches!(statement, Statement::Query(_)) {
            self.report(0, format!("`{statement}` is no SELECT"), "write a plain SELECT");
        }
        ControlFlow::Continue(())
    }
}

/// The word of something in a query's body that is no SELECT.
fn other_than_select(body: &SetExpr) -> Option<&'static str> {
    match body {
        SetExpr::Select(_) | SetExpr::Query(_) | SetExpr::Values(_) => None,
        SetExpr::SetOperation { left, right, .. } => other_than_select(left).or_else(|| other_than_select(right)),
        SetExpr::Insert(_) => Some("INSERT"),
        SetExpr::Update(_) => Some("UPDATE"),
        SetExpr::Delete(_) => Some("DELETE"),
        SetExpr::Merge(_) => Some("MERGE"),
        SetExpr::Table(_) => Some("TABLE"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(sql: &str) -> String {
        let found: Vec<String> = check(Path::new("query.sql"), sql).iter().map(ToString::to_string).collect();
        found.join("\n")
    }

    #[test]
    fn one_select_over_the_tables_is_taken() {
        for sql in [
            "SELECT 'T1' AS pattern FROM lines l JOIN parties p ON p.party_id = l.root WHERE l.tpp > 5 -- a note\n",
            "WITH a AS (SELECT root FROM lines), b AS (SELECT root FROM a UNION ALL SELECT root FROM parties) SELECT count(*) FROM b",
            "SELECT x.a FROM (VALUES ('a'), ('b')) AS x (a) WHERE NOT EXISTS (SELECT 1 FROM payments) AND x.a <> '\"'",
            "SELECT sum(tpp) OVER (PARTITION BY root ORDER BY day RANGE BETWEEN 364 PRECEDING AND CURRENT ROW) FROM lines;",
        ] {
            assert_eq!(refusal(sql), "", "{sql}");
        }
    }

    #[test]
    fn whatever_is_no_select_is_refused_by_name() {
        for (sql, part) in [
            ("CREATE EXTERNAL TABLE secret STORED AS CSV LOCATION '/etc/passwd'", "`CREATE` is no SELECT"),
            ("COPY (SELECT 'owned') TO 'owned.csv'", "`COPY` is no SELECT"),
            ("SET datafusion.execution.target_partitions = 1", "`SET` is no SELECT"),
            ("INSERT INTO lines SELECT * FROM lines", "`INSERT` is no SELECT"),
            ("DROP TABLE lines", "`DROP` is no SELECT"),
            ("EXPLAIN SELECT 1", "`EXPLAIN` is no SELECT"),
            ("SHOW ALL", "`SHOW` is no SELECT"),
            ("SELECT 1; SELECT 2", "has 2 statements"),
            ("SELECT * INTO kept FROM lines", "INTO"),
            ("WITH a AS (DELETE FROM lines) SELECT 1", "no SELECT"),
            ("TABLE lines", "Expected: an SQL statement"),
            ("", "is empty"),
        ] {
            assert!(refusal(sql).contains(part), "{sql}: {}", refusal(sql));
        }
    }

    #[test]
    fn files_other_tables_and_other_functions_are_refused_by_name() {
        for (sql, part) in [
            ("SELECT * FROM secret", "query.sql:1: there is no table `secret`"),
            ("SELECT *\nFROM '/etc/passwd'", "there is no table `'/etc/passwd'`"),
            ("SELECT * FROM csv.passwd", "there is no table `csv.passwd`"),
            ("SELECT * FROM read_csv('/etc/passwd')", "`read_csv"),
            ("SELECT * FROM lines, read_files('/etc')", "`read_files"),
            ("SELECT * FROM TABLE(read_text('/etc/passwd'))", "is no table"),
            ("SELECT * FROM generate_series(1, 1000000000)", "`generate_series"),
            ("SELECT java_method('java.lang.Runtime', 'x') FROM lines", "`java_method` is no function"),
            ("SELECT repeat(item, 1000000) FROM lines", "`repeat` is no function"),
            ("SELECT * FROM \"lines\"", "outside of what every engine runs"),
            ("SELECT * FROM information_schema.tables", "there is no table `information_schema.tables`"),
            ("SELECT count(*) FROM (WITH a AS (SELECT 1) SELECT * FROM a) b, a", "there is no table `a`"),
            ("SELECT 'a\\' AS why FROM lines -- '", "outside of what every engine runs"),
            ("SELECT '${env:HOME}' AS why FROM lines", "outside of what every engine runs"),
            ("SELECT /*+ BROADCAST(l) */ root FROM lines l", "outside of what every engine runs"),
            ("SELECT $1 FROM lines", "outside of what every engine runs"),
        ] {
            assert!(refusal(sql).contains(part), "{sql}: {}", refusal(sql));
        }
    }
}
