//! Numbers and days: no text panics, and what is read back is the same.
#![no_main]
use libfuzzer_sys::fuzz_target;
use tollgate_model::{Date, Decimal, Tpp};

fuzz_target!(|text: &str| {
    if let Ok(number) = text.parse::<Decimal>() {
        let _ = (number.ratio(), number.thousandths(), number.reduced_up(9));
        if let Ok(tpp) = Tpp::try_from(number) {
            assert_eq!(Tpp::try_from(tpp.to_string().parse::<Decimal>().unwrap()), Ok(tpp));
        }
    }
    if let Ok(day) = text.parse::<Date>() {
        assert_eq!(day.to_string(), text);
    }
});
