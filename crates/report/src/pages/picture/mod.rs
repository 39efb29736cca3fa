//! Pictures as SVG. They carry no style of their own: classes take their colors from the page's theme.

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

fn begin(width: f64, height: f64, label: &str) -> String {
    begin_as("img", width, height, label)
}

/// A picture whose parts can be followed is a group, and not one image.
fn begin_as(role: &str, width: f64, height: f64, label: &str) -> String {
    let label = escape(label);
    format!("<svg class=\"picture\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"{role}\" aria-label=\"{label}\">")
}
