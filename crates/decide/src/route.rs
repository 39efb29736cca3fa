//! The places on the way, as an order's `via` gives them.

use std::sync::Arc;

use tollgate_law::Policy;
use tollgate_law::facts::ear_country;
use tollgate_law::groups::Transit;
use tollgate_model::{Country, Date, Lookup, OrderLine, is_in_doubt};

/// What parts one place from the next.
const BETWEEN: [char; 7] = [';', ',', '/', '|', '>', '\u{2192}', '\n'];
/// What says that there is no place on the way.
const NOWHERE: [&str; 7] = ["-", "\u{2013}", "n/a", "na", "none", "direct", "no"];

/// What is read of each `via`, and which places on the way count for how much.
pub(crate) struct Routes {
    transit: Transit,
    read: Lookup<String, Arc<Route>>,
}

impl Routes {
    /// Nothing read yet, under a policy.
    pub(crate) fn new(policy: &Policy) -> Routes {
        Routes { transit: policy.transit(), read: Lookup::new() }
    }

    /// What is read of the text of a `via`.
    pub(crate) fn read(&mut self, text: &str) -> Arc<Route> {
        if let Some(known) = self.read.get(text) {
            return Arc::clone(known);
        }
        let read = Arc::new(Route::of(text));
        self.read.insert(text.to_owned(), Arc::clone(&read));
        read
    }

    /// Where the items are on the way on a day: where the intermediate consignee receives them or in a place of the route, whichever more is asked
    /// of. `Some(None)` where nothing is between, `None` where that is not known.
    pub(crate) fn place_between(
        &self,
        received: Option<Option<Country>>,
        route: Option<&Route>,
        date: Date,
    ) -> Option<Option<Country>> {
        let Some(route) = route else { return received };
        let unknown = route.remark.is_some().then_some(None);
        let passed = route.countries.iter().map(|country| Some(Some(*country)));
        let places = std::iter::once(received).chain(unknown).chain(passed);
        places.min_by_key(|place| self.rank(*place, date)).unwrap_or(received)
    }

    /// What is to be said of items that come from an embargoed place on a day; `None` where they come from none that is known to be one.
    pub(crate) fn origin_doubt(&self, order: &OrderLine<'_>) -> Option<Arc<str>> {
        let origin = order.origin.map(ear_country).filter(|origin| self.transit.rank(*origin, order.date) == 0)?;
        Some(Arc::from(format!(
            "The items come from {origin}, a place of 15 CFR part 746, of which no paragraph that is modeled says enough: the line is not settled by it."
        )))
    }

    /// How much is asked of a place, the least number for the most: what is not known may be anywhere, but is no more than what is known to be where
    /// something is asked.
    fn rank(&self, place: Option<Option<Country>>, date: Date) -> usize {
        let unknown = Transit::RANKS;
        match place {
            Some(Some(country)) => {
                let rank = self.transit.rank(country, date);
                if rank < unknown { rank } else { unknown.saturating_add(1) }
            }
            None => unknown,
            Some(None) => usize::MAX,
        }
    }
}

/// The places on the way.
#[derive(Clone, Debug, Default)]
pub(crate) struct Route {
    /// The countries that it leads through, in order.
    countries: Vec<Country>,
    /// What is to be said where a place names no country.
    pub(crate) remark: Option<Arc<str>>,
}

impl Route {
    /// Reads the text of `via`.
    fn of(text: &str) -> Route {
        let mut route = Route::default();
        let mut unread = Vec::new();
        for place in text.split(BETWEEN).map(str::trim) {
            if place.is_empty() || NOWHERE.contains(&place.to_lowercase().as_str()) {
                continue;
            }
            match country_of(place) {
                Some(country) => route.countries.push(ear_country(country)),
                None => unread.push(format!("`{place}`")),
            }
        }
        if !unread.is_empty() {
            let places = unread.join(", ");
            route.remark = Some(Arc::from(format!(
                "`via` is `{text}`, and in which country {places} lies is not understood: write each place on the way as a country or as a port by its \
                 UN/LOCODE, with `;` between."
            )));
        }
        route
    }
}

/// The country of a place: named, or that of a port, by the two letters that begin its UN/LOCODE.
fn country_of(place: &str) -> Option<Country> {
    if is_in_doubt(place) {
        return None;
    }
    if let Ok(country) = Country::from_text(place) {
        return Some(country);
    }
    let code: String = place.chars().filter(|letter| !letter.is_whitespace()).collect();
    let is_code = code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let is_port = is_code && (place.len() == 5 || place.chars().nth(2) == Some(' '));
    code.get(..2).filter(|_| is_port)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_countries_and_ports() {
        for (text, countries) in [
            ("SG;MY", vec!["SG", "MY"]),
            ("Singapore / Malaysia", vec!["SG", "MY"]),
            ("KZALA > RU MOW", vec!["KZ", "RU"]),
            ("kz, Russia", vec!["KZ", "RU"]),
            ("direct", vec![]),
            (" - ", vec![]),
            ("", vec![]),
        ] {
            let route = Route::of(text);
            let codes: Vec<&str> = route.countries.iter().map(|country| country.code()).collect();
            assert_eq!(codes, countries, "{text}");
            assert!(route.remark.is_none(), "{text}");
        }
    }

    #[test]
    fn what_names_no_country_is_said() {
        for text in ["RU TR", "SG;Port Example", "? Georgia", "HOUSE", "TROIS"] {
            let route = Route::of(text);
            assert_eq!(route.remark.is_some(), text != "TROIS", "{text}: {route:?}");
        }
    }
}
