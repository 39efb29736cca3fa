//! What evidence counts, and how findings are weighed by it.

use std::collections::BTreeMap;

use tollgate_model::Diagnostics;
use tollgate_strict_toml::{Domain, TomlFile};

use crate::engine::Finding;
use crate::entity::Circumstances;
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
    /// What a unit of each figure of [`Circumstances`] counts, by its name; nothing where it is not named.
    pub circumstances: BTreeMap<String, f64>,
}

/// Nats and multiples of them, either way.
const NATS: Domain<f64> = Domain::of_unit(-1e6, 1e6, "nats");

/// What a family's findings come to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FamilySum<'a> {
    pub(crate) family: &'a str,
    pub(crate) paper: f64,
    pub(crate) physical: f64,
}

impl Calibration {
    /// That which the program carries.
    pub fn embedded() -> Result<Calibration, Diagnostics> {
        Calibration::read("typologies/calibration.toml", CALIBRATION)
    }

    /// From a file's text; `file` is what diagnostics call it. A number that is absent is that of an unfitted program.
    pub fn read(file: &str, text: &str) -> Result<Calibration, Diagnostics> {
        let toml = TomlFile::parse(file, text);
        let root = toml.root();
        let number = |key: &'static str, otherwise: f64| {
            root.floating_point(key, &NATS).map_or(otherwise, |number| number.value)
        };
        let by_pattern = |key: &'static str| {
            let entries = root.table_such_as(key, "{ T01 = 0.8 }").map(|table| table.floating_point_entries(&NATS));
            entries.into_iter().flatten().map(|entry| (entry.key, entry.value)).collect()
        };
        let calibration = Calibration {
            intercept: number("intercept", -2.5),
            family_cap: number("family_cap", 4.0),
            paper_cap: number("paper_cap", 6.0),
            otherwise: number("otherwise", 1.0),
            weights: by_pattern("weights"),
            offsets: by_pattern("offsets"),
            circumstances: by_pattern("circumstances"),
        };
        let strange = calibration.circumstances.keys().find(|name| !Circumstances::NAMES.contains(&name.as_str()));
        if let Some(name) = strange {
            let mend = format!("write one of {}", Circumstances::NAMES.join(", "));
            root.report("unknown-word", 0, format!("there is no circumstance `{name}`"), mend);
        }
        root.finish();
        let Diagnostics(mut found) = toml.into_diagnostics();
        if found.is_empty() {
            return Ok(calibration);
        }
        for diagnostic in &mut found {
            diagnostic.mend.push_str("; or write the file anew with `tollgate typology fit`");
        }
        Err(Diagnostics(found))
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
        for (title, values) in
            [("weights", &self.weights), ("offsets", &self.offsets), ("circumstances", &self.circumstances)]
        {
            text.push_str(&format!("\n[{title}]\n"));
            for (id, value) in values {
                text.push_str(&format!("{id} = {value:.4}\n"));
            }
        }
        text
    }

    /// What a finding counts, in nats.
    pub(crate) fn weight_nats(&self, finding: &Finding) -> f64 {
        let weight = self.weights.get(&finding.pattern).copied().unwrap_or(self.otherwise);
        let offset = self.offsets.get(&finding.pattern).copied().unwrap_or(0.0);
        weight * finding.llr + offset
    }

    /// What is known of those whom findings name counts, in nats.
    pub(crate) fn circumstances_nats(&self, circumstances: &Circumstances) -> f64 {
        let figures = Circumstances::NAMES.into_iter().zip(circumstances.values());
        figures.map(|(name, figure)| self.circumstances.get(name).copied().unwrap_or(0.0) * figure).sum()
    }

    /// What findings come to by family: of each pattern the heaviest finding counts, and a family no more than its cap.
    pub(crate) fn families<'a, 'f>(
        &self,
        findings: impl Iterator<Item = &'f Finding>,
        typologies: &BTreeMap<&str, &'a Typology>,
    ) -> Vec<FamilySum<'a>> {
        let mut patterns: BTreeMap<&str, (f64, &'a Typology)> = BTreeMap::new();
        for finding in findings {
            let Some(typology) = typologies.get(finding.pattern.as_str()) else { continue };
            let weight = self.weight_nats(finding);
            let known = patterns.entry(typology.id.as_str()).or_insert((weight, typology));
            known.0 = known.0.max(weight);
        }
        let mut sums: BTreeMap<&'a str, FamilySum<'a>> = BTreeMap::new();
        for (weight, typology) in patterns.into_values() {
            let family = typology.family.as_str();
            let sum = sums.entry(family).or_insert(FamilySum { family, paper: 0.0, physical: 0.0 });
            match typology.physical {
                true => sum.physical += weight,
                false => sum.paper += weight,
            }
        }
        let capped = |sum: FamilySum<'a>| FamilySum { paper: sum.paper.min(self.family_cap), ..sum };
        sums.into_values().map(capped).collect()
    }

    /// The probability that something is wrong, given what was found and what is known of those whom it names, in nats.
    pub(crate) fn probability(&self, sums: &[FamilySum<'_>], circumstances_nats: f64) -> f64 {
        let paper: f64 = sums.iter().map(|sum| sum.paper).sum();
        let physical: f64 = sums.iter().map(|sum| sum.physical).sum();
        1.0 / (1.0 + libm::exp(-(self.intercept + paper.min(self.paper_cap) + physical + circumstances_nats)))
    }
}
