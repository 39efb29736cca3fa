//! Tokens to an [`Expr`], by recursive descent of limited depth.

use super::lex::{Token, tokens};
use super::{Expr, Name, Operand, Set, SyntaxError};

const MAX_DEPTH: usize = 64;

/// Parses a condition; the error says where and what.
pub fn parse(text: &str) -> Result<Expr, SyntaxError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: tokens.into_iter().peekable(), end: text.len(), depth: 0 };
    let expr = parser.any()?;
    match parser.tokens.next() {
        None => Ok(expr),
        Some((_, at)) => Err(SyntaxError { at, what: "expected `&&`, `||` or the end of the condition".into() }),
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(Token, usize)>>,
    end: usize,
    depth: usize,
}

impl Parser {
    fn at(&mut self) -> usize {
        let end = self.end;
        self.tokens.peek().map_or(end, |(_, at)| *at)
    }

    fn takes(&mut self, token: &Token) -> bool {
        self.tokens.next_if(|(next, _)| next == token).is_some()
    }

    fn fail<T>(&mut self, what: &str) -> Result<T, SyntaxError> {
        Err(SyntaxError { at: self.at(), what: what.into() })
    }

    fn any(&mut self) -> Result<Expr, SyntaxError> {
        let mut parts = vec![self.all()?];
        while self.takes(&Token::Or) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Expr::Or))
    }

    fn all(&mut self) -> Result<Expr, SyntaxError> {
        let mut parts = vec![self.unary()?];
        while self.takes(&Token::And) {
            parts.push(self.unary()?);
        }
        Ok(one_or(parts, Expr::And))
    }

    fn unary(&mut self) -> Result<Expr, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail("this condition is nested too deeply");
        }
        let expr = if self.takes(&Token::Not) {
            Expr::Not(Box::new(self.unary()?))
        } else if self.takes(&Token::Open) {
            let inner = self.any()?;
            if !self.takes(&Token::Close) {
                return self.fail("expected `)`");
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(expr)
    }

    fn comparison(&mut self) -> Result<Expr, SyntaxError> {
        let left = self.operand()?;
        if let Some((Token::Compare(op), _)) = self.tokens.next_if(|(token, _)| matches!(token, Token::Compare(_))) {
            let right = self.operand()?;
            return Ok(Expr::Compare { left, op, right });
        }
        let Operand::Name(name) = left else { return self.fail("expected a comparison") };
        if self.takes(&Token::In) {
            return Ok(Expr::In { left: name, set: self.set()? });
        }
        Ok(match name.text.as_str() {
            "true" => Expr::Const(true),
            "false" => Expr::Const(false),
            _ => Expr::Name(name),
        })
    }

    fn operand(&mut self) -> Result<Operand, SyntaxError> {
        let wanted = |token: &Token| matches!(token, Token::Name(_) | Token::Number(_) | Token::Text(_));
        match self.tokens.next_if(|(token, _)| wanted(token)) {
            Some((Token::Name(text), at)) => Ok(Operand::Name(Name { text, at })),
            Some((Token::Number(number), at)) => Ok(Operand::Number(number, at)),
            Some((Token::Text(text), at)) => Ok(Operand::Text(text, at)),
            _ => self.fail("expected a name, a number or a quoted word"),
        }
    }

    fn set(&mut self) -> Result<Set, SyntaxError> {
        if let Some((Token::Name(text), at)) = self.tokens.next_if(|(token, _)| matches!(token, Token::Name(_))) {
            return Ok(Set::Group(Name { text, at }));
        }
        if !self.takes(&Token::OpenList) {
            return self.fail("expected a country group or a list such as [\"board\", \"server\"]");
        }
        let mut words = Vec::new();
        loop {
            match self.tokens.next_if(|(token, _)| matches!(token, Token::Text(_))) {
                Some((Token::Text(word), at)) => words.push((word, at)),
                _ => return self.fail("expected a quoted word"),
            }
            if self.takes(&Token::CloseList) {
                return Ok(Set::Words(words));
            }
            if !self.takes(&Token::Comma) {
                return self.fail("expected `,` or `]`");
            }
        }
    }
}

fn one_or(mut parts: Vec<Expr>, many: impl FnOnce(Vec<Expr>) -> Expr) -> Expr {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            many(parts)
        }
        None => Expr::Const(true),
    }
}
