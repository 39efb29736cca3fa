//! Conditions as tokens, each with its place in the text.

use super::{CompareOp, SyntaxError};
use tollgate_model::Decimal;

/// A token and where it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    Number(Decimal),
    Text(String),
    Compare(CompareOp),
    In,
    And,
    Or,
    Not,
    Open,
    Close,
    OpenList,
    CloseList,
    Comma,
}

pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (token, after) = match first {
            'a'..='z' | 'A'..='Z' | '_' => name(rest),
            '0'..='9' => number(rest).ok_or_else(|| wrong(at, "this is not a number that can be held exactly"))?,
            '"' => quoted(rest).ok_or_else(|| wrong(at, "this text has no closing quote"))?,
            _ => symbol(rest).ok_or_else(|| wrong(at, format!("`{first}` has no meaning here")))?,
        };
        tokens.push((token, at));
        rest = after;
    }
}

fn wrong(at: usize, what: impl Into<String>) -> SyntaxError {
    SyntaxError { at, what: what.into() }
}

fn split(text: &str, inside: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !inside(c)).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn name(text: &str) -> (Token, &str) {
    let (word, rest) = split(text, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    match word {
        "in" => (Token::In, rest),
        _ => (Token::Name(word.to_owned()), rest),
    }
}

fn number(text: &str) -> Option<(Token, &str)> {
    let (digits, rest) = split(text, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let number = digits.replace('_', "").parse().ok()?;
    Some((Token::Number(number), rest))
}

fn quoted(text: &str) -> Option<(Token, &str)> {
    let (inside, rest) = text.strip_prefix('"')?.split_once('"')?;
    Some((Token::Text(inside.to_owned()), rest))
}

fn symbol(text: &str) -> Option<(Token, &str)> {
    let symbols = [
        ("&&", Token::And),
        ("||", Token::Or),
        ("==", Token::Compare(CompareOp::Equal)),
        ("!=", Token::Compare(CompareOp::NotEqual)),
        ("<=", Token::Compare(CompareOp::AtMost)),
        (">=", Token::Compare(CompareOp::AtLeast)),
        ("<", Token::Compare(CompareOp::Less)),
        (">", Token::Compare(CompareOp::Greater)),
        ("!", Token::Not),
        ("(", Token::Open),
        (")", Token::Close),
        ("[", Token::OpenList),
        ("]", Token::CloseList),
        (",", Token::Comma),
    ];
    symbols.into_iter().find_map(|(written, token)| Some((token, text.strip_prefix(written)?)))
}
