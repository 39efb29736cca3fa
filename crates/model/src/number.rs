//! Exact numbers: decimals, fractions, compute.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// An exact decimal number: `units` divided by ten to the power of `scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    units: i128,
    scale: u8,
}

/// Why a text is not a number that Tollgate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    /// It is not written as digits with an optional sign, point and exponent.
    #[error("not a number")]
    NotANumber,
    /// It has more digits than can be held exactly.
    #[error("more digits than can be held exactly")]
    TooLong,
    /// It is below zero.
    #[error("below zero")]
    Negative,
    /// It has more decimal places than the quantity allows.
    #[error("more decimal places than are kept")]
    TooFine,
}

const MAX_SCALE: u8 = 18;
const MAX_UNITS: i128 = 1_000_000_000_000_000_000_000_000_000_000_000;

impl Decimal {
    /// So many millionths, in the fewest decimal places.
    pub fn from_millionths(millionths: i64) -> Decimal {
        let (mut units, mut scale) = (millionths, 6);
        while scale > 0 && units % 10 == 0 {
            (units, scale) = (units / 10, scale - 1);
        }
        Decimal { units: i128::from(units), scale }
    }

    /// The number times ten to the power of `places`, rounded up, if it fits.
    pub fn scaled_up(self, places: u8) -> Option<i64> {
        let (value, rest) = self.scaled(places)?;
        i64::try_from(if rest > 0 { value + 1 } else { value }).ok()
    }

    /// The number times ten to the power of `places` if that is whole and fits.
    pub fn scaled_exact(self, places: u8) -> Option<i64> {
        let (value, rest) = self.scaled(places)?;
        (rest == 0).then(|| i64::try_from(value).ok()).flatten()
    }

    /// The number divided by ten to the power of `places`, rounded up, if it fits.
    pub fn reduced_up(self, places: u8) -> Option<i64> {
        let divisor = power_of_ten(self.scale.checked_add(places)?)?;
        let value = self.units.div_euclid(divisor);
        let up = if self.units.rem_euclid(divisor) > 0 { 1 } else { 0 };
        i64::try_from(value + up).ok()
    }

    /// The number in thousandths, if that is whole and fits.
    pub fn thousandths(self) -> Option<i64> {
        self.scaled_exact(3)
    }

    /// Whether the number is a whole multiple of ten to the power of `places`.
    pub fn is_multiple_of_power(self, places: u8) -> bool {
        let divisor = self.scale.checked_add(places).and_then(power_of_ten);
        divisor.is_some_and(|divisor| self.units % divisor == 0)
    }

    /// Whether the number is below zero.
    pub fn is_negative(self) -> bool {
        self.units < 0
    }

    /// The number as a fraction in lowest terms, if both parts fit.
    pub fn ratio(self) -> Option<Ratio> {
        let denominator = power_of_ten(self.scale)?;
        let divisor = gcd(self.units.unsigned_abs(), denominator.unsigned_abs()).max(1);
        let divisor = i128::try_from(divisor).ok()?;
        let num = i64::try_from(self.units / divisor).ok()?;
        let den = i64::try_from(denominator / divisor).ok()?;
        Some(Ratio { num, den })
    }

    fn scaled(self, places: u8) -> Option<(i128, i128)> {
        if places >= self.scale {
            let factor = power_of_ten(places - self.scale)?;
            return Some((self.units.checked_mul(factor)?, 0));
        }
        let divisor = power_of_ten(self.scale - places)?;
        Some((self.units.div_euclid(divisor), self.units.rem_euclid(divisor)))
    }
}

fn power_of_ten(exponent: u8) -> Option<i128> {
    10_i128.checked_pow(u32::from(exponent))
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl fmt::Display for Decimal {
    /// Without zeros at the end: `4.8` and `26900000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let places = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = places + 1);
        let (whole, part) = digits.split_at_checked(digits.len() - places).unwrap_or((&digits, ""));
        match part.trim_end_matches('0') {
            "" => write!(f, "{sign}{whole}"),
            part => write!(f, "{sign}{whole}.{part}"),
        }
    }
}

impl FromStr for Decimal {
    type Err = BadNumber;

    fn from_str(text: &str) -> Result<Decimal, BadNumber> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i16>().map_err(|_| BadNumber::NotANumber)?),
            None => (text, 0),
        };
        let (negative, digits) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let written = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !written(whole) || !written(fraction) || (whole.is_empty() && fraction.is_empty()) {
            return Err(BadNumber::NotANumber);
        }
        let mut units: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            units = units * 10 + i128::from(digit - b'0');
            if units > MAX_UNITS {
                return Err(BadNumber::TooLong);
            }
        }
        let units = if negative { -units } else { units };
        let places = i16::try_from(fraction.len()).map_err(|_| BadNumber::TooLong)?;
        Decimal::with_places(units, places.checked_sub(exponent).ok_or(BadNumber::TooLong)?)
    }
}

impl Decimal {
    fn with_places(mut units: i128, mut places: i16) -> Result<Decimal, BadNumber> {
        while places > 0 && units % 10 == 0 {
            units /= 10;
            places -= 1;
        }
        if places < 0 {
            let factor = u8::try_from(-places).ok().and_then(power_of_ten);
            units = factor.and_then(|factor| units.checked_mul(factor)).ok_or(BadNumber::TooLong)?;
            if units.abs() > MAX_UNITS {
                return Err(BadNumber::TooLong);
            }
            places = 0;
        }
        match u8::try_from(places) {
            Ok(scale) if scale <= MAX_SCALE => Ok(Decimal { units, scale }),
            _ => Err(BadNumber::TooLong),
        }
    }
}

/// An exact fraction of two whole numbers; the denominator is never negative.
///
/// A denominator of zero stands for a quantity that the law does not define (a performance density
/// without any logic die on a non-planar node): it meets no threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// The part above the line.
    pub num: i64,
    /// The part below the line, zero where the quantity is not defined.
    pub den: i64,
}

impl Ratio {
    /// How this compares with another fraction, by cross-multiplication; `None` if either is undefined.
    pub fn compare(self, other: Ratio) -> Option<Ordering> {
        if self.den <= 0 || other.den <= 0 {
            return None;
        }
        let left = i128::from(self.num) * i128::from(other.den);
        let right = i128::from(other.num) * i128::from(self.den);
        Some(left.cmp(&right))
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.den == 0 {
            return f.write_str("not defined");
        }
        let hundredths = i128::from(self.num) * 100 / i128::from(self.den);
        let exact = i128::from(self.num) * 100 % i128::from(self.den) == 0;
        let about = if exact { "" } else { "~" };
        write!(f, "{about}{}.{:02}", hundredths / 100, hundredths % 100)
    }
}

/// Total Processing Performance, in thousandths of a TPP (TOPS x bit length); never negative.
///
/// Technical Notes to ECCN 3A090: the largest product over the bit lengths, dense, summed over the
/// processing units of the integrated circuit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Tpp(i64);

impl Tpp {
    /// The largest TPP of a unit that is taken: a thousand times the largest rack of 2026.
    pub const MAX_UNIT: Tpp = Tpp(100_000_000_000_000);

    /// From thousandths of a TPP; negative becomes zero.
    pub fn from_thousandths(thousandths: i64) -> Tpp {
        Tpp(thousandths.max(0))
    }

    /// From whole TPP; saturates.
    pub fn whole(tpp: i64) -> Tpp {
        Tpp(tpp.max(0).saturating_mul(1000))
    }

    /// Thousandths of a TPP.
    pub fn thousandths(self) -> i64 {
        self.0
    }

    /// So many of them; saturates.
    pub fn times(self, quantity: i64) -> Tpp {
        Tpp(self.0.saturating_mul(quantity.max(0)))
    }

    /// The sum; saturates.
    pub fn plus(self, other: Tpp) -> Tpp {
        Tpp(self.0.saturating_add(other.0))
    }

    /// Whole TPP, rounded up, so that a figure shown never understates.
    pub fn ceil(self) -> i64 {
        self.0 / 1000 + i64::from(self.0 % 1000 > 0)
    }
}

impl TryFrom<Decimal> for Tpp {
    type Error = BadNumber;

    fn try_from(value: Decimal) -> Result<Tpp, BadNumber> {
        if value.is_negative() {
            return Err(BadNumber::Negative);
        }
        let thousandths = value.scaled_exact(3).ok_or(BadNumber::TooFine)?;
        match Tpp(thousandths) {
            tpp if tpp <= Tpp::MAX_UNIT => Ok(tpp),
            _ => Err(BadNumber::TooLong),
        }
    }
}

impl fmt::Display for Tpp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 1000 {
            0 => write!(f, "{}", self.0 / 1000),
            rest => {
                let fraction = format!("{rest:03}");
                write!(f, "{}.{}", self.0 / 1000, fraction.trim_end_matches('0'))
            }
        }
    }
}

/// A whole number as it is read: its digits in groups of three, with a comma between.
pub fn group_digits(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn reads_decimals_exactly() {
        assert_eq!(decimal("5.92").ratio(), Some(Ratio { num: 148, den: 25 }));
        assert_eq!(decimal("1e26").reduced_up(9), Some(100_000_000_000_000_000));
        assert_eq!(decimal("1.0000000001e26").reduced_up(9), Some(100_000_000_010_000_000));
        assert_eq!(decimal("15831.2").scaled_exact(3), Some(15_831_200));
        assert_eq!(decimal("0.0001").scaled_exact(3), None);
        for text in ["", ".", "-", "1.2.3", "0x10", "1e", "nan", "١", "1 000", "1e99"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_decimal_is_written_as_it_is_read() {
        for text in ["0", "4.8", "26900000", "-0.05", "5.92", "100", "-12"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("1.500").to_string(), "1.5");
    }

    #[test]
    fn tpp_rounds_up_only_where_shown() {
        let tpp = Tpp::try_from(decimal("15831.2")).unwrap();
        assert_eq!(tpp.times(5).to_string(), "79156");
        assert_eq!(tpp.ceil(), 15_832);
        assert_eq!(Tpp::try_from(decimal("-1")), Err(BadNumber::Negative));
        assert_eq!(Tpp::try_from(decimal("1.2345")), Err(BadNumber::TooFine));
    }

    #[test]
    fn an_undefined_ratio_compares_with_nothing() {
        let undefined = Ratio { num: 4800, den: 0 };
        assert_eq!(undefined.compare(Ratio { num: 0, den: 1 }), None);
    }

    proptest! {
        #[test]
        fn a_decimal_never_panics(text in ".*") {
            let _ = text.parse::<Decimal>();
        }

        #[test]
        fn comparing_ratios_agrees_with_subtraction(a in 0..10_000_i64, b in 1..10_000_i64, c in 0..10_000_i64, d in 1..10_000_i64) {
            let order = Ratio { num: a, den: b }.compare(Ratio { num: c, den: d }).unwrap();
            prop_assert_eq!(order, (a * d - c * b).cmp(&0));
        }
    }
}
