//! What the units of quantities count.

use crate::text::plain;
use crate::vocabulary::word_lists;

/// Units in which a quantity counts packages.
const PACKAGES: &[&str] = &[
    "pkg", "pkgs", "package", "packages", "ctn", "ctns", "carton", "cartons", "box", "boxes", "pallet", "pallets",
    "plt", "plts", "crate", "crates", "case", "cases", "colis", "bultos", "koli", "kolli", "volumes", "箱", "박스",
];

/// Units in which a quantity counts accelerators.
const ACCELERATORS: &[&str] = &[
    "gpu",
    "gpus",
    "accelerator",
    "accelerators",
    "chip",
    "chips",
    "module",
    "modules",
    "xpu",
    "xpus",
    "\u{52a0}\u{901f}\u{5361}",
    "\u{663e}\u{5361}",
];

/// What a unit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// No unit is stated.
    Missing,
    /// Pieces.
    Pieces,
    /// Single accelerators, which several of a board or a server are.
    Accelerator,
    /// Servers, nodes, racks.
    Assembly,
    /// Cartons, pallets.
    Package,
    /// Something else, such as kilograms.
    Other,
}

impl UnitKind {
    /// What a unit counts, by its name.
    pub(crate) fn read(unit: &str) -> UnitKind {
        if unit.contains(['?', '\u{ff1f}']) {
            return UnitKind::Other;
        }
        // `EA - each`, `PCS (pieces)`: two words for one kind.
        let parts: Vec<&str> =
            unit.split(['(', ')', '-', '/', ':', ',']).filter(|part| !plain(part).is_empty()).collect();
        if let [first, rest @ ..] = parts.as_slice()
            && !rest.is_empty()
        {
            let kind = UnitKind::read(first);
            return if rest.iter().all(|part| UnitKind::read(part) == kind) { kind } else { UnitKind::whole(unit) };
        }
        UnitKind::whole(unit)
    }

    /// What a unit counts, by its name as a whole.
    fn whole(unit: &str) -> UnitKind {
        let unit = plain(unit);
        // `unit1`: a unit with the number of its column; `PC10` counts packs of ten.
        let bare = unit.strip_suffix('1').filter(|bare| !bare.ends_with(|letter: char| letter.is_ascii_digit()));
        let lists = word_lists();
        if unit.is_empty() {
            UnitKind::Missing
        } else if PACKAGES.contains(&unit.as_str()) {
            UnitKind::Package
        } else if lists.assemblies.contains(&unit) {
            UnitKind::Assembly
        } else if ACCELERATORS.contains(&unit.as_str()) {
            UnitKind::Accelerator
        } else if lists.pieces.contains(&unit) || bare.is_some_and(|bare| lists.pieces.contains(bare)) {
            UnitKind::Pieces
        } else {
            UnitKind::Other
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_apart() {
        for (text, kind) in [
            ("", UnitKind::Missing),
            ("EA", UnitKind::Pieces),
            ("unit1", UnitKind::Pieces),
            ("PC10", UnitKind::Other),
            ("PC 100", UnitKind::Other),
            ("EA4", UnitKind::Other),
            ("?", UnitKind::Other),
            ("SET", UnitKind::Other),
            ("szt.", UnitKind::Pieces),
            ("대", UnitKind::Pieces),
            ("Server", UnitKind::Assembly),
            ("CTN", UnitKind::Package),
            ("kg", UnitKind::Other),
            ("GPUs", UnitKind::Accelerator),
            ("EA - each", UnitKind::Pieces),
            ("PCS (pieces)", UnitKind::Pieces),
            ("box (pieces)", UnitKind::Other),
            ("dozen", UnitKind::Other),
        ] {
            assert_eq!(UnitKind::read(text), kind, "{text}");
        }
    }
}
