//! A tree of XML elements: no document type, no entities of its own, no depth without end.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use crate::references::of_windows;

/// Elements within elements that a list may have.
const DEEPEST: usize = 40;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// Without the prefix of its name space.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    pub(super) children: Vec<Node>,
}

impl Node {
    /// The elements of a name within this one.
    pub(super) fn all<'n>(&'n self, name: &str) -> impl Iterator<Item = &'n Node> + use<'n> {
        let name = name.to_owned();
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first element along a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Node> {
        let mut node = self;
        for name in path {
            node = node.children.iter().find(|child| child.name == *name)?;
        }
        Some(node)
    }

    /// The text of the first element along a path; empty where there is none.
    pub(super) fn text(&self, path: &[&str]) -> &str {
        self.at(path).map_or("", |node| node.text.trim())
    }

    /// An attribute; empty where there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// Its own text.
    pub(super) fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// Every element of a name below this one, however deep.
    pub(super) fn below<'n>(&'n self, name: &str, found: &mut Vec<&'n Node>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.below(name, found);
        }
    }
}

/// The root element of a text, or why it is not XML to the end.
pub(super) fn parse(text: &str) -> Result<Node, String> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Node> = vec![Node::default()];
    loop {
        let event = reader.read_event().map_err(|error| format!("is XML with a fault: {error}"))?;
        match event {
            Event::Start(start) => {
                if open.len() > DEEPEST {
                    return Err("is XML of more depth than a list has".to_owned());
                }
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                let node = element(&start)?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(node);
                }
            }
            Event::End(_) => {
                if let Some(node) = open.pop()
                    && let Some(parent) = open.last_mut()
                {
                    parent.children.push(node);
                }
            }
            Event::Text(part) => {
                let part = part.decode().map_err(|error| format!("is XML with a fault: {error}"))?;
                open.last_mut().into_iter().for_each(|node| node.text.push_str(&part));
            }
            Event::CData(part) => {
                let part = part.decode().map_err(|error| format!("is XML with a fault: {error}"))?;
                open.last_mut().into_iter().for_each(|node| node.text.push_str(&part));
            }
            Event::GeneralRef(entity) => {
                let name = entity.decode().map_err(|error| format!("is XML with a fault: {error}"))?;
                let text = match entity.resolve_char_ref() {
                    Ok(Some(c)) => of_windows(c).to_string(),
                    _ => quick_xml::escape::resolve_predefined_entity(&name)
                        .ok_or_else(|| format!("is XML with the entity `&{name};`, which lists do not have"))?
                        .to_owned(),
                };
                open.last_mut().into_iter().for_each(|node| node.text.push_str(&text));
            }
            Event::DocType(_) => return Err("is XML with a document type, which lists do not have".to_owned()),
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    match open.as_mut_slice() {
        [top] if top.children.len() > 1 => {
            Err("is XML with more than one document: of which all but one would be lost".to_owned())
        }
        [top] => top.children.pop().ok_or_else(|| "is XML without an element".to_owned()),
        _ => Err("is XML that breaks off".to_owned()),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Node, String> {
    let local = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    let mut node = Node { name: local(start.local_name().as_ref()), ..Node::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| format!("is XML with a fault: {error}"))?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| format!("is XML with a fault: {error}"))?;
        node.attributes.push((local(attribute.key.local_name().as_ref()), value.into_owned()));
    }
    Ok(node)
}
