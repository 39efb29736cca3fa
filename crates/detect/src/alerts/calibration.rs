use std::collections::BTreeMap;

use crate::engine::Finding;
use crate::typology::{CALIBRATION, Typology};

/// What evidence is worth: fitted on worlds whose truth is known (`tollgate typology fit`), then frozen in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// Log-odds that something is wrong where nothing has been found that counts.
    pub intercept: f64,
    /// The most that one family counts, in nats.
    pub family_cap: f64,
    /// The most that all that is not physical counts together.
    pub paper_cap: f64,
    /// What a nat of a pattern's own estimate counts; where a pattern is not named, [`Calibration::otherwise`].
    pub weights: BTreeMap<String, f64>,
    /// For patterns that were never fitted: an analyst's own.
    pub otherwise: f64,
    /// What a finding of a pattern counts whatever its estimate.
    pub offsets: BTreeMap<String, f64>,
}

/// A calibration that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("calibration.toml: {0}\n  mend: write it anew with `tollgate typology fit`")]
pub struct CalibrationError(String);

/// What a family's findings come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FamilySum<'a> {
    pub(crate) family: &'a str,
    pub(crate) paper: f64,
    pub(crate) physical: f64,
}

impl Calibration {
    /// That which the program carries.
    pub fn embedded() -> Result<Calibration, CalibrationError> {
        Calibration::read(CALIBRATION)
    }

    /// From a file's text.
    pub fn read(text: &str) -> Result<Calibration, CalibrationError> {
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| CalibrationError(error.message().to_owned()))?;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let real = |value: &toml::Value| value.as_float().or(value.as_integer().map(|whole| whole as f64));
        let number = |key: &str, otherwise: f64| table.get(key).and_then(real).unwrap_or(otherwise);
        let named = |key: &str| {
            let entries = table.get(key).and_then(toml::Value::as_table).into_iter().flatten();
            entries.filter_map(|(id, value)| Some((id.clone(), real(value)?))).collect()
        };
        Ok(Calibration {
            intercept: number("intercept", -2.5),
            family_cap: number("family_cap", 4.0),
            paper_cap: number("paper_cap", 6.0),
            otherwise: number("otherwise", 1.0),
            weights: named("weights"),
            offsets: named("offsets"),
        })
    }

    /// As a file's text.
    pub fn text(&self, head: &str) -> String {
        let mut text = String::new();
        for line in head.lines() {
            text.push_str(&format!("# {line}\n"));
        }
        for (name, value) in [
            ("intercept", self.intercept),
            ("family_cap", self.family_cap),
            ("paper_cap", self.paper_cap),
            ("otherwise", self.otherwise),
        ] {
            text.push_str(&format!("{name} = {value:.4}\n"));
        }
        for (title, values) in [("weights", &self.weights), ("offsets", &self.offsets)] {
            text.push_str(&format!("\n[{title}]\n"));
            for (id, value) in values {
                text.push_str(&format!("{id} = {value:.4}\n"));
            }
        }
        text
    }

    /// What a finding counts, in nats.
    pub(crate) fn weighed(&self, finding: &Finding) -> f64 {
        let weight = self.weights.get(&finding.pattern).copied().unwrap_or(self.otherwise);
        let offset = self.offsets.get(&finding.pattern).copied().unwrap_or(0.0);
        weight * finding.llr + offset
    }

    /// What findings come to by family: of each pattern the heaviest finding counts, and a family no more than its cap.
    pub(crate) fn families<'a, 'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding>,
        typologies: &BTreeMap<&str, &'a Typology>,
    ) -> Vec<FamilySum<'a>> {
        let mut patterns: BTreeMap<&str, (f64, &'a Typology)> = BTreeMap::new();
        for finding in findings {
            let Some(own) = typologies.get(finding.pattern.as_str()) else { continue };
            let weight = self.weighed(finding);
            let known = patterns.entry(own.id.as_str()).or_insert((weight, own));
            known.0 = known.0.max(weight);
        }
        let mut sums: BTreeMap<&'a str, FamilySum<'a>> = BTreeMap::new();
        for (weight, own) in patterns.into_values() {
            let family = own.family.as_str();
            let sum = sums.entry(family).or_insert(FamilySum { family, paper: 0.0, physical: 0.0 });
            match own.physical {
                true => sum.physical += weight,
                false => sum.paper += weight,
            }
        }
        let capped = |sum: FamilySum<'a>| FamilySum { paper: sum.paper.min(self.family_cap), ..sum };
        sums.into_values().map(capped).collect()
    }

    /// The probability that something is wrong, given what was found.
    pub(crate) fn probability(&self, sums: &[FamilySum<'_>]) -> f64 {
        let paper: f64 = sums.iter().map(|sum| sum.paper).sum();
        let physical: f64 = sums.iter().map(|sum| sum.physical).sum();
        1.0 / (1.0 + libm::exp(-(self.intercept + paper.min(self.paper_cap) + physical)))
    }
}
