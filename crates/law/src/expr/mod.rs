//! Conditions: CEL's syntax over named facts, parameters, definitions and country groups.
//!
//! `item.tpp >= 4800 || (item.tpp >= 1600 && item.performance_density >= 5.92)`. There are no loops, no
//! functions and no arithmetic. Decimals are exact, which is why CEL's own parsers (whose decimals are
//! floating-point) are not used: see `docs/design/conditions.md`.

mod lex;
mod parse;

pub use parse::parse;

use tollgate_model::Decimal;

/// A parsed condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expr {
    /// `true` or `false`.
    Const(bool),
    /// A fact, a definition, or a reading that is true or false by itself.
    Name(Name),
    /// `left op right`.
    Compare {
        /// What stands to the left.
        left: Operand,
        /// The comparison.
        op: CompareOp,
        /// What stands to the right.
        right: Operand,
    },
    /// `fact in GROUP` or `fact in ["a", "b"]`.
    In {
        /// The fact.
        left: Name,
        /// Where it is looked for.
        set: Set,
    },
    /// `!e`.
    Not(Box<Expr>),
    /// `a && b && …`.
    And(Vec<Expr>),
    /// `a || b || …`.
    Or(Vec<Expr>),
}

/// A dotted name and where it stands in the condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// As written.
    pub text: String,
    /// Byte offset in the condition.
    pub at: usize,
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    /// A fact or a parameter.
    Name(Name),
    /// A number, in the unit of the fact that it is compared with.
    Number(Decimal, usize),
    /// A country code or another word.
    Text(String, usize),
}

/// The right side of `in`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Set {
    /// A country group.
    Group(Name),
    /// Words or country codes written out.
    Words(Vec<(String, usize)>),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl CompareOp {
    /// The comparison with its sides exchanged.
    pub fn flipped(self) -> CompareOp {
        match self {
            CompareOp::Less => CompareOp::Greater,
            CompareOp::AtMost => CompareOp::AtLeast,
            CompareOp::Greater => CompareOp::Less,
            CompareOp::AtLeast => CompareOp::AtMost,
            same => same,
        }
    }
}

/// Why a text is not a condition, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Byte offset in the condition.
    pub at: usize,
    /// What is wrong.
    pub what: String,
}

impl Expr {
    /// Every name that stands in the condition, in order.
    pub fn names(&self) -> Vec<&Name> {
        let mut names = Vec::new();
        self.collect(&mut names);
        names
    }

    fn collect<'a>(&'a self, names: &mut Vec<&'a Name>) {
        match self {
            Expr::Const(_) => {}
            Expr::Name(name) => names.push(name),
            Expr::Compare { left, right, .. } => {
                for side in [left, right] {
                    if let Operand::Name(name) = side {
                        names.push(name);
                    }
                }
            }
            Expr::In { left, .. } => names.push(left),
            Expr::Not(inner) => inner.collect(names),
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| part.collect(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_the_usual_precedence() {
        let Ok(Expr::Or(parts)) = parse("a || b && !c || ic.tpp >= 4_800") else { panic!("not an or") };
        assert_eq!(parts.len(), 3);
        assert!(matches!(&parts[1], Expr::And(inner) if inner.len() == 2));
        assert!(matches!(&parts[2], Expr::Compare { op: CompareOp::AtLeast, .. }));
    }

    #[test]
    fn refuses_with_the_place() {
        for (text, at) in [
            ("", 0),
            ("a &&", 4),
            ("a b", 2),
            ("(a", 2),
            ("x >= 1.2.3", 5),
            ("x in", 4),
            ("a & b", 2),
            ("x == \"ab", 5),
            ("[", 0),
        ] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.at, at, "{text}: {}", error.what);
        }
        let deep = "(".repeat(10_000);
        assert!(parse(&deep).is_err());
        assert!(parse(&"!".repeat(10_000)).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "[a-z0-9_.()&|!<>=\" ,\\[\\]é-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
