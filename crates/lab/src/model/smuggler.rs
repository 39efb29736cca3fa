/// What a smuggler reckons with, a year and H100e.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// Dollars gained on each unit that arrives.
    pub(crate) margin: f64,
    /// Dollars lost on each unit that is caught.
    pub(crate) loss: f64,
    /// Units that one shell can place in a year.
    pub(crate) reach: f64,
    /// Dollars a year for a shell.
    pub(crate) shell_cost: f64,
    /// Chance a year that a lone shell is caught.
    pub(crate) chance: f64,
    /// Shells beyond which each makes the others as easy again to find.
    pub(crate) link_scale: f64,
    /// Chance that a lot is found whatever the shell: location verification.
    pub(crate) verified: f64,
}

/// More shells than any network has had.
const MOST_SHELLS: f64 = 60.0;

/// The number of shells that pays best, and the chance that one of so many is caught.
///
/// With n shells each is caught with chance v + c (1 + n / s), so that the profit n (x m (1 - p) - p x l - k) is greatest at
/// n = s / 2 ((((x m - k) / (x (m + l))) - v) / c - 1).
pub(crate) fn best_response(terms: &Terms) -> (f64, f64) {
    let stake = terms.reach * (terms.margin + terms.loss);
    if stake <= 0.0 || terms.chance <= 0.0 {
        return (0.0, 1.0);
    }
    let worth = (terms.reach * terms.margin - terms.shell_cost) / stake - terms.verified;
    let shells = (terms.link_scale / 2.0 * (worth / terms.chance - 1.0)).clamp(0.0, MOST_SHELLS);
    let caught = (terms.verified + terms.chance * (1.0 + shells / terms.link_scale)).min(0.95);
    (shells, caught)
}

/// The units a year that pay best for a front that is caught with a chance that grows with them, and that chance.
pub(crate) fn front_response(
    margin: f64,
    loss: f64,
    chance_per_thousand: f64,
    verified: f64,
    reach: f64,
) -> (f64, f64) {
    let worth = margin / (margin + loss) - verified;
    let units = (worth * 1_000.0 / (2.0 * chance_per_thousand)).clamp(0.0, reach);
    (units, (verified + chance_per_thousand * units / 1_000.0).min(0.95))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profit(terms: &Terms, shells: f64) -> f64 {
        let caught = terms.verified + terms.chance * (1.0 + shells / terms.link_scale);
        shells * (terms.reach * terms.margin * (1.0 - caught) - caught * terms.reach * terms.loss - terms.shell_cost)
    }

    const TERMS: Terms = Terms {
        margin: 13_000.0,
        loss: 50_000.0,
        reach: 1_699.0,
        shell_cost: 200_000.0,
        chance: 0.03,
        link_scale: 8.0,
        verified: 0.0,
    };

    #[test]
    fn no_other_number_of_shells_pays_better() {
        for reach in [50.0, 200.0, 500.0, 1_699.0, 5_000.0] {
            for verified in [0.0, 0.05] {
                let terms = Terms { reach, verified, ..TERMS };
                let (best, _) = best_response(&terms);
                let most = profit(&terms, best);
                for step in 0..=600 {
                    assert!(profit(&terms, f64::from(step) / 10.0) <= most + 1e-6 * most.abs(), "{reach}: {step}");
                }
            }
        }
    }

    #[test]
    fn who_cannot_gain_does_not_try() {
        assert_eq!(best_response(&Terms { verified: 0.5, ..TERMS }).0, 0.0);
        assert_eq!(best_response(&Terms { reach: 10.0, ..TERMS }).0, 0.0, "a shell costs more than it brings");
        assert_eq!(best_response(&Terms { chance: 0.9, ..TERMS }).0, 0.0, "nearly certain to be caught");
        assert_eq!(front_response(13_000.0, 50_000.0, 0.01, 0.5, 1e9).0, 0.0);
    }

    #[test]
    fn a_lower_threshold_or_more_agents_never_help_the_smuggler() {
        let flow = |terms: &Terms| {
            let (shells, caught) = best_response(terms);
            shells * terms.reach * (1.0 - caught)
        };
        let mut last = f64::INFINITY;
        for reach in [3_000.0, 1_699.0, 1_000.0, 500.0, 100.0, 20.0] {
            let own = flow(&Terms { reach, ..TERMS });
            assert!(own <= last);
            last = own;
        }
        assert!(flow(&Terms { chance: 0.06, ..TERMS }) < flow(&TERMS));
    }
}
