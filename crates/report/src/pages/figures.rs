//! The figures of a study in the page's language: their HTML is written in English, and each text in it is looked up as a whole.

use super::phrases::phrase;
use super::strings::Language;

/// HTML with each text that has a phrase in the language, marked as that language's; the rest stays as it is.
pub(crate) fn figures_in(language: Language, html: &str) -> String {
    if language == Language::English {
        return html.to_owned();
    }
    let mut pieces = html.split('<');
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        out.push('<');
        let Some((tag, text)) = piece.split_once('>') else {
            out.push_str(piece);
            continue;
        };
        let is_word = text.contains(|letter: char| letter.is_ascii_alphabetic()) && !text.contains('&');
        match phrase(language, text.trim()).filter(|_| is_word) {
            None => out.push_str(piece),
            Some(other) => {
                let (code, other) = (language.code(), super::HtmlEscape(&other).to_string());
                let is_open = !tag.starts_with('/') && !tag.ends_with('/') && !tag.contains(" lang=");
                out.push_str(&match is_open {
                    true => format!("{tag} lang=\"{code}\">{other}"),
                    false => format!("{tag}><span lang=\"{code}\">{other}</span>"),
                });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_in_the_language_and_tags_stay() {
        let html =
            "<svg><text x=\"1\">year</text></svg><b>2025</b><i>A &amp; year</i><br/>median <p>Nobody wrote this.</p>";
        let japanese = "<svg><text x=\"1\" lang=\"ja\">年</text></svg><b>2025</b><i>A &amp; year</i><br/><span lang=\"ja\">中央値</span><p>Nobody wrote this.</p>";
        assert_eq!(figures_in(Language::Japanese, html), japanese);
        assert_eq!(figures_in(Language::English, html), html);
    }
}
