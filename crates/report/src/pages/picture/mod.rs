//! Pictures as SVG. They carry no style of their own: classes take their colors from the page's theme.
//!
//! Each is drawn twice: wide, and upright for a phone, on which the letters of the wide one could not be read; the page's style shows one of them.

mod months;
mod network;
mod shipments;
mod world;

pub use months::{MonthTpp, months};
pub use network::{Edge, Node, Tie, network};
pub use shipments::{Shipment, shipments};
pub use world::{Shipped, world};

/// A text with the characters that SVG gives a meaning replaced.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// For what a picture is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    Wide,
    Phone,
}

impl Screen {
    const ALL: [Screen; 2] = [Screen::Wide, Screen::Phone];

    /// The class by which the page's style shows or hides it.
    fn class(self) -> &'static str {
        match self {
            Screen::Wide => "on-wide",
            Screen::Phone => "on-phone",
        }
    }

    /// How wide a picture is drawn, where a wide screen has `wide`.
    fn width(self, wide: f64) -> f64 {
        match self {
            Screen::Wide => wide,
            Screen::Phone => 340.0,
        }
    }
}

fn begin(screen: Screen, width: f64, height: f64, label: &str) -> String {
    begin_as(screen, "img", (width, height), label)
}

/// A picture whose parts can be followed is a group, and not one image.
fn begin_as(screen: Screen, role: &str, (width, height): (f64, f64), label: &str) -> String {
    let (label, class) = (escape(label), screen.class());
    format!(
        "<svg class=\"picture {class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"{role}\" aria-label=\"{label}\">"
    )
}
