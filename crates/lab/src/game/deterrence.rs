//! When crime does not pay, and how many inspections find what there is.

/// The chance of capture from which crime does not pay: gain over gain and loss (Becker 1968), both in one unit.
pub fn deterring_chance(gain: f64, loss: f64) -> f64 {
    if gain <= 0.0 { 0.0 } else { gain / (gain + loss.max(0.0)) }
}

/// What a loss is worth on the day of the crime where it comes later: `rate` a year, continuously, over `delay` years.
pub fn delayed_loss(loss: f64, rate: f64, delay: f64) -> f64 {
    loss * libm::exp(-rate * delay)
}

/// What a penalty deters, see [`deterrence_table`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DeterrenceRow {
    /// The penalty.
    pub penalty: f64,
    /// What is lost in all: the goods and the penalty.
    pub loss: f64,
    /// The chance of capture from which crime does not pay, where the loss comes at once.
    pub chance: f64,
    /// The same where it comes later; no lower.
    pub delayed_chance: f64,
}

/// The deterring chance for each penalty. Gain, goods and penalties are in one currency, `rate` is a year's discount and `delay` in years.
pub fn deterrence_table(gain: f64, goods: f64, penalties: &[f64], rate: f64, delay: f64) -> Vec<DeterrenceRow> {
    let row = |penalty: &f64| {
        let loss = goods + penalty;
        DeterrenceRow {
            penalty: *penalty,
            loss,
            chance: deterring_chance(gain, loss),
            delayed_chance: deterring_chance(gain, delayed_loss(loss, rate, delay)),
        }
    };
    penalties.iter().map(row).collect()
}

/// How many must be looked at to find one bad among them with some confidence, where a share is bad and a look finds it with some chance; nothing where it
/// never can. Shares lie between 0 and 1. The lot is taken to be large: where most of it is looked at, fewer will do.
pub fn samples_needed(confidence: f64, share_bad: f64, detection: f64) -> Option<u64> {
    let found = share_bad * detection;
    if !(0.0 < found && found <= 1.0 && 0.0 < confidence && confidence < 1.0) {
        return None;
    }
    if found == 1.0 {
        return Some(1);
    }
    // A whole number that rounding has pushed up is still that number: three looks in quarters, not four.
    let count = libm::log1p(-confidence) / libm::log1p(-found) * (1.0 - 1e-12);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and far below 2^64 for shares that are not 0"
    )]
    let count = libm::ceil(count) as u64;
    Some(count)
}

/// What the inspector can expect of so many inspections over so many periods, one at most in each, against a smuggler who breaks the law once or never and
/// sees each inspection: 1 where he is caught, -1 where he is not, 0 where he keeps the law (Dresher 1962). It is -C(n-1,m) over the sum of C(n,i) for i up
/// to m, and 0 where every period can be inspected.
pub fn dresher_value(periods: u32, inspections: u32) -> f64 {
    if inspections >= periods {
        return 0.0;
    }
    let (count, checks) = (f64::from(periods), f64::from(inspections));
    let rest = count - checks;
    // Both over C(n,m), so that nothing grows beyond a number: 1 + m/(n-m+1) + m(m-1)/((n-m+1)(n-m+2)) and so on.
    let (mut term, mut sum) = (1.0_f64, 1.0_f64);
    for step in (1..=inspections).map(f64::from) {
        term *= (checks - step + 1.0) / (rest + step);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    -(rest / count) / sum
}
