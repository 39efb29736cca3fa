//! What cells say: numbers, days, countries, each in the forms that people write.

pub(crate) mod activity;
pub(crate) mod country;
pub(crate) mod day;
pub(crate) mod eccn;
pub(crate) mod han_number;
pub(crate) mod month;
pub(crate) mod number;
