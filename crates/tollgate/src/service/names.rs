//! Names by number, so that counting a line compares no texts.

/// A text by the place where it is kept.
pub(crate) type Name = u32;

/// Texts, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Names {
    texts: Vec<String>,
    #[expect(clippy::disallowed_types, reason = "looked up by name, never iterated")]
    places: std::collections::HashMap<String, Name>,
}

impl Names {
    /// The place of a text, new where it was not known.
    pub(crate) fn place(&mut self, text: &str) -> Name {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = Name::try_from(self.texts.len()).unwrap_or(Name::MAX);
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// The text at a place.
    pub(crate) fn text(&self, place: Name) -> &str {
        usize::try_from(place).ok().and_then(|at| self.texts.get(at)).map_or("", String::as_str)
    }
}
