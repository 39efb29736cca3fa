//! A typology's query in the words of DuckDB: names that it reserves are quoted, and decimals are DOUBLE, as the engine in the process has them.

use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};

/// Words that DuckDB takes for its own, that the portable subset has no use for, and that may therefore only be names.
const RESERVED: [&str; 48] = [
    "analyse",
    "analyze",
    "array",
    "asof",
    "asymmetric",
    "at",
    "authorization",
    "binary",
    "check",
    "collate",
    "collation",
    "column",
    "columns",
    "concurrently",
    "constraint",
    "create",
    "default",
    "deferrable",
    "describe",
    "do",
    "foreign",
    "freeze",
    "generated",
    "glob",
    "initially",
    "lambda",
    "map",
    "only",
    "overlaps",
    "pivot",
    "pivot_longer",
    "pivot_wider",
    "placing",
    "positional",
    "primary",
    "qualify",
    "references",
    "returning",
    "show",
    "similar",
    "struct",
    "summarize",
    "symmetric",
    "tuple",
    "unpack",
    "unpivot",
    "variadic",
    "verbose",
];

/// Words that are of the language in some places, each with the words beside it that show such a place; elsewhere they are names.
const BY_PLACE: [Place; 4] = [
    Place { word: "full", before: &[], after: &["join", "outer"] },
    Place { word: "semi", before: &[], after: &["join"] },
    Place { word: "anti", before: &[], after: &["join"] },
    Place { word: "both", before: &["("], after: &[] },
];

/// Where a word is of the language.
struct Place {
    word: &'static str,
    before: &'static [&'static str],
    after: &'static [&'static str],
}

/// A query that the portable subset allows, as DuckDB reads it. What cannot be taken apart is returned as it is, and DuckDB says what is wrong with it.
pub(super) fn translate(sql: &str) -> String {
    let Ok(tokens) = Tokenizer::new(&GenericDialect {}, sql).tokenize() else { return sql.to_owned() };
    let words: Vec<(usize, String)> = tokens
        .iter()
        .enumerate()
        .filter(|(_, token)| !matches!(token, Token::Whitespace(_)))
        .map(|(place, token)| (place, token.to_string().to_lowercase()))
        .collect();
    let mut around = std::collections::BTreeMap::new();
    for (index, (place, _)) in words.iter().enumerate() {
        let text =
            |index: Option<usize>| index.and_then(|index| words.get(index)).map_or("", |(_, text)| text.as_str());
        around.insert(*place, (text(index.checked_sub(1)), text(index.checked_add(1))));
    }
    let written = |(place, token): (usize, &Token)| match token {
        Token::Word(word) if word.quote_style.is_none() => {
            let (before, after) = around.get(&place).copied().unwrap_or(("", ""));
            // The first word says which statement it is, and is no name: the driver refuses whatever is no SELECT by it.
            match !before.is_empty() && is_name(&word.value.to_lowercase(), before, after) {
                true => format!("\"{}\"", word.value),
                false => word.value.clone(),
            }
        }
        Token::SingleQuotedString(text) => format!("'{}'", text.replace('\'', "''")),
        Token::Number(digits, _) if digits.contains('.') && !digits.contains(['e', 'E']) => format!("{digits}e0"),
        other => other.to_string(),
    };
    tokens.iter().enumerate().map(written).collect()
}

/// Whether a word that DuckDB reserves is a name here.
fn is_name(word: &str, before: &str, after: &str) -> bool {
    if RESERVED.contains(&word) {
        return true;
    }
    BY_PLACE.iter().any(|place| place.word == word && !place.before.contains(&before) && !place.after.contains(&after))
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn reserved_words_that_are_names_are_quoted_and_decimals_are_no_fractions_of_ten() {
        for (sql, expected) in [
            ("SELECT l.authorization FROM lines l", "SELECT l.\"authorization\" FROM lines l"),
            ("SELECT a AS full, both FROM x", "SELECT a AS \"full\", \"both\" FROM x"),
            ("SELECT 1 FROM a FULL OUTER JOIN b ON true", "SELECT 1 FROM a FULL OUTER JOIN b ON true"),
            ("SELECT trim(BOTH FROM a) FROM x", "SELECT trim(BOTH FROM a) FROM x"),
            ("SELECT 0.5 * 2, 1.5e3 FROM x -- at 1.5\n", "SELECT 0.5e0 * 2, 1.5e3 FROM x -- at 1.5\n"),
            ("SELECT 'at 1.5', 'it''s' FROM x", "SELECT 'at 1.5', 'it''s' FROM x"),
        ] {
            assert_eq!(translate(sql), expected);
        }
    }
}
