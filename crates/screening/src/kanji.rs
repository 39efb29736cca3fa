//! Kanji one by one: old and variant forms, the readings that came with them from China, and numbers as they are spoken.

use std::sync::LazyLock;

use tollgate_model::Lookup;

use crate::lexicon::pairs;

static READINGS: LazyLock<Lookup<&str, &str>> =
    LazyLock::new(|| pairs(include_str!("../data/japanese_on.tsv")).collect());

/// Old and variant forms that names keep, each with the usual form behind it.
const VARIANTS: &str = "髙高﨑崎澤沢濱浜濵浜邊辺邉辺齋斎齊斉廣広國国櫻桜澁渋瀨瀬眞真榮栄惠恵藝芸學学會会禮礼壽寿實実縣県寶宝德徳嶋島嶌島\
                        壱一弐二參参龍竜瀧滝彌弥靜静薗園條条鐵鉄圓円萬万號号區区醫医藥薬關関塚塚德徳增増惣総假仮冨富凜凛曾曽\
                        驛駅讀読譯訳鹽塩龜亀黑黒點点黨党豐豊體体聲声賣売續続總総縱縦單単戰戦團団當当爐炉燈灯營営榮栄勞労氣気淸清\
                        溫温滿満濟済澤沢爲為獨独產産畫画盡尽祿禄祐祐福福穗穂竝並篠篠綠緑緖緒縣県繩縄聽聴肅粛與与舊旧莊荘萠萌藏蔵";

/// The usual form of a kanji.
pub(crate) fn usual_form(kanji: char) -> char {
    let mut forms = VARIANTS.chars();
    while let (Some(variant), Some(usual)) = (forms.next(), forms.next()) {
        if variant == kanji {
            return usual;
        }
    }
    kanji
}

/// Readings that kanji which stand together have from Chinese, in Latin letters: by the first reading of each, and by the second of one of them; nothing
/// where one has none.
pub(crate) fn chinese_readings(run: &[char]) -> Vec<String> {
    let of_each = |kanji: &char| {
        let text = kanji.to_string();
        READINGS.get(text.as_str()).map(|readings| readings.split('\t').collect::<Vec<_>>())
    };
    let Some(all) = run.iter().map(of_each).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty()) else {
        return Vec::new();
    };
    let joined = |second: Option<usize>| -> String {
        let place = |at: usize| usize::from(second == Some(at));
        all.iter()
            .enumerate()
            .filter_map(|(at, readings)| readings.get(place(at)).or(readings.first()))
            .copied()
            .collect()
    };
    let mut texts = vec![joined(None)];
    for second in 0..all.len() {
        let text = joined(Some(second));
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// A number up to 999 as it is spoken, in one word: `hyakugo`.
pub(crate) fn spoken(number: u32) -> Option<String> {
    const DIGITS: [&str; 10] = ["", "ichi", "ni", "san", "yon", "go", "roku", "nana", "hachi", "kyu"];
    if number == 0 || number > 999 {
        return None;
    }
    let digit = |value: u32| DIGITS.get(crate::sizes::index_of(value)).copied().unwrap_or("");
    let hundreds = match number / 100 {
        0 => String::new(),
        1 => "hyaku".to_owned(),
        3 => "sanbyaku".to_owned(),
        6 => "roppyaku".to_owned(),
        8 => "happyaku".to_owned(),
        many => [digit(many), "hyaku"].concat(),
    };
    let tens = match number / 10 % 10 {
        0 => String::new(),
        1 => "ju".to_owned(),
        many => [digit(many), "ju"].concat(),
    };
    Some([hundreds.as_str(), tens.as_str(), digit(number % 10)].concat())
}

/// A word of Latin letters with its long vowels written short and `m` before lips as `n`, as the tables have readings: `kohden` and `kouden` as `koden`.
pub(crate) fn short_vowels(word: &str) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for (at, c) in letters.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).and_then(|at| letters.get(at)), letters.get(at + 1));
        let is_long = match (before, c) {
            (Some('o'), 'u' | 'o') | (Some('u'), 'u') => true,
            (Some('o' | 'u' | 'a'), 'h') => after.is_none_or(|after| !"aeiouy".contains(*after)),
            _ => false,
        };
        if is_long {
            continue;
        }
        out.push(if *c == 'm' && matches!(after, Some('b' | 'p' | 'm')) { 'n' } else { *c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kanji_have_usual_forms_and_readings() {
        assert_eq!((usual_form('髙'), usual_form('澁'), usual_form('山')), ('高', '渋', '山'));
        let readings = |text: &str| chinese_readings(&text.chars().collect::<Vec<_>>());
        assert!(readings("三愛").contains(&"sanai".to_owned()));
        assert!(readings("明治").contains(&"meiji".to_owned()));
        assert!(readings("ab").is_empty());
        assert_eq!(VARIANTS.chars().count() % 2, 0);
    }

    #[test]
    fn numbers_are_spoken_and_vowels_short() {
        let numbers: Vec<String> = [105, 33, 77, 110].into_iter().filter_map(spoken).collect();
        assert_eq!(numbers, ["hyakugo", "sanjusan", "nanajunana", "hyakuju"]);
        for (long, short) in [
            ("kohden", "koden"),
            ("shouji", "shoji"),
            ("ohsho", "osho"),
            ("ooba", "oba"),
            ("oharu", "oharu"),
            ("namba", "nanba"),
        ] {
            assert_eq!(short_vowels(long), short);
        }
    }
}
