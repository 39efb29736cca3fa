//! Names by number, so that counting a line compares no texts.

use std::sync::Arc;

/// A text by the place where it is kept.
pub type Name = u32;

/// Texts by their place, and places by their text.
#[derive(Debug, Default)]
struct Known {
    texts: Vec<String>,
    #[expect(clippy::disallowed_types, reason = "looked up by name, never iterated")]
    places: std::collections::HashMap<String, Name>,
}

/// Texts, each kept once; those that are known from the start can be shared.
#[derive(Debug, Default)]
pub struct Names {
    shared: Arc<Known>,
    own: Known,
}

impl Names {
    /// The place of a text, new where it was not known.
    pub fn place(&mut self, text: &str) -> Name {
        if let Some(place) = self.shared.places.get(text).or_else(|| self.own.places.get(text)) {
            return *place;
        }
        let place = Name::try_from(self.shared.texts.len() + self.own.texts.len()).unwrap_or(Name::MAX);
        self.own.texts.push(text.to_owned());
        self.own.places.insert(text.to_owned(), place);
        place
    }

    /// The text at a place.
    pub fn text(&self, place: Name) -> &str {
        let Ok(at) = usize::try_from(place) else { return "" };
        let text = self.shared.texts.get(at).or_else(|| self.own.texts.get(at.checked_sub(self.shared.texts.len())?));
        text.map_or("", String::as_str)
    }

    /// The same, all of it to be shared.
    pub fn into_shared(self) -> Names {
        // Called on names that share nothing yet.
        Names { shared: Arc::new(self.own), own: Known::default() }
    }

    /// What is shared, and nothing that was added since.
    pub fn begun(&self) -> Names {
        Names { shared: Arc::clone(&self.shared), own: Known::default() }
    }
}
