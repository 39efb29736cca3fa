//! Questions in one line in other languages: the one pattern that is read beside the English grammar, and how to mend the others.

use crate::ask_words::JAPANESE_ENDINGS;

/// A Japanese question of the form `ITEM を BUYER (CITY, COUNTRY) に 輸出できますか` as the grammar has it; `None` where it is of another form.
pub(crate) fn from_japanese(text: &str) -> Option<String> {
    let (goods, rest) = text.split_once('を')?;
    let (recipient, ending) = rest.rsplit_once('に')?;
    let is_known = JAPANESE_ENDINGS.contains(&ending.trim().trim_end_matches('。'));
    let (buyer, place) = recipient.trim().strip_suffix(')')?.split_once('(')?;
    let parts: Vec<&str> = place.split(['、', ',']).map(str::trim).filter(|part| !part.is_empty()).collect();
    // A mark within what was understood would be read as one between parts.
    let is_plain = !goods.contains(['、', 'を'])
        && !buyer.contains(['、', ',', '(', ')', 'に', 'を', 'で', 'は', 'の'])
        && !place.contains('(');
    (is_known && is_plain && !parts.is_empty())
        .then(|| format!("{} to {}, {}", goods.trim(), buyer.trim(), parts.join(", ")))
}

/// How to mend a question that is not understood, in its own language where that can be told.
pub fn question_mend(text: &str) -> &'static str {
    let has = |range: std::ops::RangeInclusive<char>| text.chars().any(|letter| range.contains(&letter));
    let first = text.split_whitespace().next().unwrap_or("").to_lowercase();
    let german = ["darf", "d\u{fc}rfen", "kann", "k\u{f6}nnen", "ist", "wir", "ich", "d\u{fc}rfte", "bitte"];
    if has('\u{3040}'..='\u{30ff}') {
        "「4 L40S を Halden Compute AS (Oslo, Norway) に輸出できますか」の形で書いてください。または N ITEM to BUYER, COUNTRY for USE"
    } else if has('\u{ac00}'..='\u{d7a3}') {
        "N ITEM to BUYER, COUNTRY for USE 형식으로 쓰십시오. 예: 4 L40S to Halden Compute AS, Oslo, Norway for rendering"
    } else if has('\u{4e00}'..='\u{9fff}') {
        "请按 N ITEM to BUYER, COUNTRY for USE 的格式书写，例如：4 L40S to Halden Compute AS, Oslo, Norway for rendering"
    } else if german.contains(&first.as_str()) {
        "schreiben Sie: ANZAHL WARE an K\u{c4}UFER, ORT, LAND f\u{fc}r ZWECK, etwa 4 L40S an Halden Compute AS, Oslo, Norwegen f\u{fc}r Rendern"
    } else {
        "write N ITEM and N ITEM to BUYER, COUNTRY for USE; see `tollgate ask --help`"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_japanese_form_is_read() {
        let read = |text: &str| from_japanese(text);
        assert_eq!(
            read("4 L40S をフィヨルド社(オスロ、ノルウェー)に輸出できますか").as_deref(),
            Some("4 L40S to フィヨルド社, オスロ, ノルウェー")
        );
        for text in [
            "4 L40S をフィヨルド社に輸出できますか",
            "4 L40S をフィヨルド社(ノルウェー)に軍の代理で輸出できますか",
            "4 L40S をフィヨルド社の代理で北方社(ノルウェー)に輸出できますか",
            "フィヨルド社(ノルウェー)に4 L40S",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_question_is_mended_in_its_language() {
        assert!(question_mend("L40Sを送りたい").contains("ください"));
        assert!(question_mend("可以出口四张L40S吗").contains("请"));
        assert!(question_mend("L40S를 보낼 수 있습니까").contains("형식"));
        assert!(question_mend("Darf ich vier L40S senden").contains("schreiben"));
        assert!(question_mend("what about it").contains("write N ITEM"));
    }
}
