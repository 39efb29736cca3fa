//! Names by number, so that counting a line compares no texts.

use std::sync::Arc;

use tollgate_model::{Lookup, index_of, never};

/// The number of a text; equal exactly where the texts are.
pub type Name = u32;

/// Texts by number, and numbers by text.
#[derive(Debug, Default)]
struct Known {
    texts: Vec<String>,
    places: Lookup<String, Name>,
}

/// Numbers texts. What is numbered first can be shared between deciders; each then adds its own.
#[derive(Debug, Default)]
pub struct Names {
    shared: Arc<Known>,
    local: Known,
}

impl Names {
    /// The number of a text, a new one where it has none yet.
    pub fn place(&mut self, text: &str) -> Name {
        if let Some(place) = self.number(text) {
            return place;
        }
        let length = self.shared.texts.len() + self.local.texts.len();
        let place = Name::try_from(length).unwrap_or_else(|_| {
            // What has no number of its own counts as one holder, which is charged for all of them.
            never!("{length} names are more than can be numbered");
            Name::MAX
        });
        self.local.texts.push(text.to_owned());
        self.local.places.insert(text.to_owned(), place);
        place
    }

    /// The number of a text; `None` where it has none yet.
    pub fn number(&self, text: &str) -> Option<Name> {
        self.shared.places.get(text).or_else(|| self.local.places.get(text)).copied()
    }

    /// The text of a number; empty where no text has it.
    pub fn text(&self, place: Name) -> &str {
        let at = index_of(place);
        let text = self.shared.texts.get(at).or_else(|| self.local.texts.get(at.checked_sub(self.shared.texts.len())?));
        text.map_or("", String::as_str)
    }

    /// The same texts, all of them shared with whoever takes [`Names::without_local`] of it.
    pub fn into_shared(self) -> Names {
        // Called on names that share nothing yet.
        Names { shared: Arc::new(self.local), local: Known::default() }
    }

    /// The shared texts alone, without those added since [`Names::into_shared`]. Nothing is copied.
    pub fn without_local(&self) -> Names {
        Names { shared: Arc::clone(&self.shared), local: Known::default() }
    }
}
