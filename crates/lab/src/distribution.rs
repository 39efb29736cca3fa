//! Distributions of uncertain quantities, and the normal distribution that they are made from.

use serde::Serialize;

/// What is known of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// One value.
    Value(f64),
    /// Each value between two ends alike.
    Uniform(f64, f64),
    /// Low end, mode, high end.
    Triangular(f64, f64, f64),
    /// Normal, by its 5th and 95th percentiles.
    Normal(f64, f64),
    /// Lognormal, by its 5th and 95th percentiles.
    Lognormal(f64, f64),
    /// One of these numbers, each alike, in rising order; straight between neighbors.
    Samples(Vec<f64>),
    /// Another one, of which only what lies between two ends can be.
    Within(Box<Distribution>, f64, f64),
    /// One of several, each by its weight.
    Mixture(Vec<MixturePart>),
}

/// A part of a mixture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MixturePart {
    /// How likely it is against the others: above 0.
    pub weight: f64,
    /// What is drawn where it is.
    pub of: Distribution,
}

/// The share of a distribution without ends that is left out on either side: a number beyond it is taken at its edge.
const OUTERMOST: f64 = 1e-9;

/// The standard normal number of which 95 percent lie below.
pub(crate) const Z95: f64 = 1.644_853_626_951_472_2;

impl Distribution {
    /// Why it is none: the sentence ends with how to mend it.
    pub fn fault(&self) -> Option<&'static str> {
        let numbers: &[f64] = match self {
            Distribution::Value(value) => &[*value],
            Distribution::Uniform(low, high) | Distribution::Normal(low, high) | Distribution::Lognormal(low, high) => {
                &[*low, *high]
            }
            Distribution::Triangular(low, mode, high) => &[*low, *mode, *high],
            Distribution::Samples(samples) => samples,
            Distribution::Within(_, low, high) => &[*low, *high],
            Distribution::Mixture(_) => &[],
        };
        if numbers.iter().any(|number| !number.is_finite()) {
            return Some("a number is not finite; write a plain number");
        }
        match self {
            Distribution::Value(_) => None,
            Distribution::Uniform(low, high) | Distribution::Normal(low, high) if low >= high => {
                Some("it has no mass, since its low end is not below its high end; write the lower one first")
            }
            Distribution::Triangular(low, mode, high) if !(low <= mode && mode <= high && low < high) => {
                Some("its low end, mode and high end are not in order; write [low, mode, high]")
            }
            Distribution::Lognormal(low, high) if !(0.0 < *low && low < high) => {
                Some("a lognormal one needs 0 < 5th percentile < 95th percentile; write [p5, p95]")
            }
            Distribution::Samples(samples) if samples.len() < 2 => {
                Some("samples need two numbers at least; write [a, b, …], or `value = a`")
            }
            Distribution::Mixture(parts) if parts.len() < 2 => Some(
                "a mixture needs two parts at least; write [{ weight = 0.7, lognormal = [a, b] }, { weight = 0.3, value = c }]",
            ),
            Distribution::Mixture(parts) => parts.iter().find_map(|part| part.of.fault()),
            Distribution::Within(of, low, high) => of.fault().or_else(|| {
                let share = of.share_below(*high) - of.share_below(*low);
                (share.is_nan() || share < 0.01).then_some(
                    "less than a hundredth of it lies within the ends; write `within = [low, high]` so that more does",
                )
            }),
            _ => None,
        }
    }

    /// The value below which this share of it lies; the share must be between 0 and 1, neither of them.
    pub fn quantile(&self, share: f64) -> f64 {
        let inner = share.clamp(OUTERMOST, 1.0 - OUTERMOST);
        match self {
            Distribution::Samples(samples) => between_samples(samples, share),
            Distribution::Within(of, low, high) => {
                let (from, to) = (of.share_below(*low), of.share_below(*high));
                of.quantile(from + share * (to - from)).clamp(*low, *high)
            }
            Distribution::Mixture(parts) => mixture_quantile(parts, share),
            plain => plain.plain_quantile(share, inner),
        }
    }

    /// The quantile of one that is made of no others; `inner` is the share without the outermost.
    fn plain_quantile(&self, share: f64, inner: f64) -> f64 {
        match *self {
            Distribution::Value(value) => value,
            Distribution::Uniform(low, high) => low + share * (high - low),
            Distribution::Triangular(low, mode, high) => {
                let turn = (mode - low) / (high - low);
                if share < turn {
                    low + libm::sqrt(share * (high - low) * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - share) * (high - low) * (high - mode))
                }
            }
            Distribution::Normal(low, high) => low + (high - low) * (0.5 + normal_quantile(inner) / (2.0 * Z95)),
            Distribution::Lognormal(low, high) => {
                let (low, high) = (libm::log(low), libm::log(high));
                libm::exp(low + (high - low) * (0.5 + normal_quantile(inner) / (2.0 * Z95)))
            }
            Distribution::Samples(_) | Distribution::Within(..) | Distribution::Mixture(_) => f64::NAN,
        }
    }

    /// The share of it that lies below a value, from 0 to 1.
    pub fn share_below(&self, value: f64) -> f64 {
        let standard = |low: f64, high: f64, value: f64| normal_share((2.0 * (value - low) / (high - low) - 1.0) * Z95);
        match self {
            Distribution::Value(only) => f64::from(u8::from(*only < value)),
            Distribution::Uniform(low, high) => ((value - low) / (high - low)).clamp(0.0, 1.0),
            Distribution::Triangular(low, _, _) if value <= *low => 0.0,
            Distribution::Triangular(_, _, high) if value >= *high => 1.0,
            Distribution::Triangular(low, mode, high) if value < *mode => {
                (value - low) * (value - low) / ((high - low) * (mode - low))
            }
            Distribution::Triangular(low, mode, high) => {
                1.0 - (high - value) * (high - value) / ((high - low) * (high - mode))
            }
            Distribution::Normal(low, high) => standard(*low, *high, value),
            Distribution::Lognormal(low, high) if value > 0.0 => {
                standard(libm::log(*low), libm::log(*high), libm::log(value))
            }
            Distribution::Lognormal(..) => 0.0,
            Distribution::Samples(samples) => {
                let below = samples.iter().filter(|sample| **sample < value).count();
                real(below) / real(samples.len().max(1))
            }
            Distribution::Within(of, low, high) => {
                let [from, to, there] = [*low, *high, value].map(|value| of.share_below(value));
                ((there - from) / (to - from)).clamp(0.0, 1.0)
            }
            Distribution::Mixture(parts) => {
                let all: f64 = parts.iter().map(|part| part.weight).sum();
                parts.iter().map(|part| part.weight * part.of.share_below(value)).sum::<f64>() / all
            }
        }
    }

    /// The least and the greatest number that can be drawn.
    pub fn ends(&self) -> [f64; 2] {
        [self.quantile(0.0), self.quantile(1.0)]
    }

    /// Its median.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// Whether it has a range.
    pub fn varies(&self) -> bool {
        !matches!(self, Distribution::Value(_))
    }

    /// In words.
    pub fn text(&self) -> String {
        self.text_by(&number)
    }

    /// In words, with each number as `number` writes it.
    pub(crate) fn text_by(&self, number: &dyn Fn(f64) -> String) -> String {
        match self {
            Distribution::Value(value) => number(*value),
            Distribution::Uniform(low, high) => format!("uniform {} to {}", number(*low), number(*high)),
            Distribution::Triangular(low, mode, high) => {
                format!("triangular {}, {}, {}", number(*low), number(*mode), number(*high))
            }
            Distribution::Normal(low, high) => format!("normal, 90 % in {} to {}", number(*low), number(*high)),
            Distribution::Lognormal(low, high) => format!("lognormal, 90 % in {} to {}", number(*low), number(*high)),
            Distribution::Samples(samples) => {
                let [least, greatest] = self.ends();
                format!("{} samples from {} to {}", samples.len(), number(least), number(greatest))
            }
            Distribution::Within(of, low, high) => {
                format!("{}, within {} to {}", of.text_by(number), number(*low), number(*high))
            }
            Distribution::Mixture(parts) => {
                let part = |part: &MixturePart| format!("{} in {}", part.of.text_by(number), number(part.weight));
                parts.iter().map(part).collect::<Vec<_>>().join(", or ")
            }
        }
    }
}

/// The quantile of a mixture: between the least and the greatest of its parts' it is halved towards.
fn mixture_quantile(parts: &[MixturePart], share: f64) -> f64 {
    let ends = parts.iter().map(|part| part.of.quantile(share));
    let (mut low, mut high) =
        ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), end| (low.min(end), high.max(end)));
    let all: f64 = parts.iter().map(|part| part.weight).sum();
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        let below: f64 = parts.iter().map(|part| part.weight * part.of.share_below(middle)).sum();
        if below < share * all { low = middle } else { high = middle }
    }
    high
}

/// The quantile of samples in rising order, straight between neighbors; not a number where there are none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of samples")]
fn between_samples(samples: &[f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * real(samples.len().saturating_sub(1));
    let (below, part) = (place.floor() as usize, place.fract());
    match (samples.get(below), samples.get(below + 1)) {
        (Some(low), Some(high)) => low + (high - low) * part,
        (Some(only), None) => *only,
        _ => f64::NAN,
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of samples are far below 2^53")]
fn real(count: usize) -> f64 {
    count as f64
}

/// A median with the 5th and the 95th percentile about it, each as `number` writes it.
pub(crate) fn range_text([low, median, high]: [f64; 3], number: &dyn Fn(f64) -> String) -> String {
    format!("{} ({} to {})", number(median), number(low), number(high))
}

/// A number as a person writes it: four digits that count.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if size >= 1_000.0 {
        let whole = format!("{value:.0}");
        let (sign, digits) = whole.strip_prefix('-').map_or(("", whole.as_str()), |digits| ("-", digits));
        let mut text = String::from(sign);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        return text;
    }
    let places = if size == 0.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else if size >= 1.0 {
        3
    } else {
        4
    };
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// How much of a standard normal distribution lies below a value.
pub fn normal_share(value: f64) -> f64 {
    0.5 * libm::erfc(-value * std::f64::consts::FRAC_1_SQRT_2)
}

/// The value below which this share of a standard normal distribution lies (Acklam's approximation with one step of Halley's, exact to 1e-15).
pub fn normal_quantile(share: f64) -> f64 {
    const A: [f64; 6] = [
        -39.696_830_286_653_76,
        220.946_098_424_520_5,
        -275.928_510_446_968_7,
        138.357_751_867_269,
        -30.664_798_066_147_16,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -54.476_098_798_224_06,
        161.585_836_858_040_9,
        -155.698_979_859_886_6,
        66.801_311_887_719_72,
        -13.280_681_552_885_72,
        1.0,
    ];
    const C: [f64; 6] = [
        -0.007_784_894_002_430_293,
        -0.322_396_458_041_136_5,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [0.007_784_695_709_041_462, 0.322_467_129_070_039_8, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    let polynomial =
        |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient);
    let tail = |share: f64| {
        let root = libm::sqrt(-2.0 * libm::log(share));
        polynomial(&C, root) / polynomial(&D, root)
    };
    let first = if share < 0.024_25 {
        tail(share)
    } else if share > 1.0 - 0.024_25 {
        -tail(1.0 - share)
    } else {
        let from_middle = share - 0.5;
        let square = from_middle * from_middle;
        polynomial(&A, square) * from_middle / polynomial(&B, square)
    };
    let error = normal_share(first) - share;
    let step = error * libm::sqrt(2.0 * std::f64::consts::PI) * libm::exp(first * first / 2.0);
    first - step / (1.0 + first * step / 2.0)
}

/// A distribution whose quantiles are looked up: straight between 1,024 of them, exact beyond the outermost.
#[derive(Clone, Debug)]
pub(crate) struct Sampler {
    distribution: Distribution,
    table: Vec<f64>,
}

const CELLS: usize = 1_024;
/// Cells at either end in which nothing is looked up.
const EXACT: usize = 16;

impl Sampler {
    pub(crate) fn new(distribution: &Distribution) -> Sampler {
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = |cell: usize| cell as f64 / CELLS as f64;
        let end = 0.5 / 1_024.0;
        let table = (0..=CELLS).map(|cell| distribution.quantile(share(cell).clamp(end, 1.0 - end))).collect();
        Sampler { distribution: distribution.clone(), table }
    }

    /// The value, where there is only one.
    pub(crate) fn only(&self) -> Option<f64> {
        if let Distribution::Value(value) = self.distribution { Some(value) } else { None }
    }

    /// The quantile of a share between 0 and 1.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let scaled = share * CELLS as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 1,024")]
        let cell = scaled as usize;
        if cell < EXACT || cell + EXACT >= CELLS {
            return self.distribution.quantile(share);
        }
        match self.table.get(cell..=cell + 1) {
            #[expect(clippy::cast_precision_loss, reason = "a small number")]
            Some([low, high]) => low + (high - low) * (scaled - cell as f64),
            _ => self.distribution.quantile(share),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_distribution() {
        let known = [(0.5, 0.0), (0.975, 1.959_963_984_540_054), (0.05, -Z95), (1e-9, -5.997_807_015_007_686)];
        for (share, value) in known {
            assert!((normal_quantile(share) - value).abs() < 1e-12, "{share}");
        }
        let lognormal = Distribution::Lognormal(10.0, 1_000.0);
        for (share, value) in [(0.05, 10.0), (0.5, 100.0), (0.95, 1_000.0)] {
            assert!((lognormal.quantile(share) / value - 1.0).abs() < 1e-12);
        }
        let triangular = Distribution::Triangular(0.0, 1.0, 4.0);
        for (share, value) in [(0.0, 0.0), (0.25, 1.0), (1.0, 4.0)] {
            assert!((triangular.quantile(share) - value).abs() < 1e-12);
        }
        assert!((Distribution::Normal(-1.0, 3.0).quantile(0.95) - 3.0).abs() < 1e-12);
        assert_eq!(Distribution::Uniform(2.0, 4.0).quantile(0.25), 2.5);
        let samples = Distribution::Samples(vec![1.0, 2.0, 4.0]);
        assert_eq!([0.0, 0.25, 0.75, 1.0].map(|share| samples.quantile(share)), [1.0, 1.5, 3.0, 4.0]);
    }

    #[test]
    fn what_is_cut_off_is_never_drawn_and_shares_answer_quantiles() {
        let all = [
            Distribution::Uniform(1.0, 3.0),
            Distribution::Triangular(1.0, 2.0, 9.0),
            Distribution::Normal(-1.0, 3.0),
            Distribution::Lognormal(0.5, 4.0),
        ];
        for of in all {
            for share in [0.01, 0.2, 0.5, 0.9] {
                assert!((of.share_below(of.quantile(share)) - share).abs() < 1e-9, "{of:?} at {share}");
            }
            let cut = Distribution::Within(Box::new(of), 1.2, 2.5);
            assert_eq!(cut.fault(), None);
            assert!(cut.ends()[0] >= 1.2 && cut.ends()[1] <= 2.5, "{cut:?}");
            assert!((cut.share_below(cut.quantile(0.3)) - 0.3).abs() < 1e-9);
        }
        let beside = Distribution::Within(Box::new(Distribution::Uniform(0.0, 1.0)), 2.0, 3.0);
        assert!(beside.fault().is_some());
    }

    #[test]
    fn a_mixture_draws_each_part_by_its_weight() {
        let part = |weight: f64, of: Distribution| MixturePart { weight, of };
        let mixture = Distribution::Mixture(vec![
            part(3.0, Distribution::Uniform(0.0, 1.0)),
            part(1.0, Distribution::Uniform(10.0, 20.0)),
        ]);
        assert_eq!(mixture.fault(), None);
        for (share, value) in [(0.375, 0.5), (0.875, 15.0), (0.0, 0.0), (1.0, 20.0)] {
            assert!((mixture.quantile(share) - value).abs() < 1e-9, "{share}: {}", mixture.quantile(share));
        }
        assert!((mixture.share_below(15.0) - 0.875).abs() < 1e-12);
        let discrete =
            Distribution::Mixture(vec![part(1.0, Distribution::Value(0.0)), part(1.0, Distribution::Value(1.0))]);
        assert!(discrete.quantile(0.25) < 1e-9 && discrete.quantile(0.75) > 1.0 - 1e-9);
        assert!(Distribution::Mixture(vec![part(1.0, Distribution::Value(0.0))]).fault().is_some());
    }

    #[test]
    fn a_looked_up_quantile_is_the_exact_one_within_a_thousandth() {
        for distribution in [
            Distribution::Lognormal(1.0, 100.0),
            Distribution::Triangular(1.0, 2.0, 9.0),
            Distribution::Uniform(1.0, 2.0),
        ] {
            let sampler = Sampler::new(&distribution);
            for step in 1..10_000 {
                let share = f64::from(step) / 10_000.0;
                let (looked_up, exact) = (sampler.quantile(share), distribution.quantile(share));
                assert!((looked_up / exact - 1.0).abs() < 1e-3, "{distribution:?} at {share}: {looked_up}, {exact}");
            }
        }
    }

    #[test]
    fn what_is_no_distribution_is_told() {
        for bad in [
            Distribution::Uniform(2.0, 2.0),
            Distribution::Lognormal(0.0, 1.0),
            Distribution::Triangular(1.0, 0.0, 2.0),
            Distribution::Value(f64::NAN),
            Distribution::Normal(3.0, 1.0),
        ] {
            assert!(bad.fault().is_some(), "{bad:?}");
        }
    }
}
