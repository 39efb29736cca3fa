//! Chinese syllables as Taiwan and older transliterations write them: Wade-Giles without its marks.

/// How Pinyin begins syllables, longer ones first, and how Wade-Giles does.
const INITIALS: [(&str, &str); 21] = [
    ("zh", "ch"),
    ("ch", "ch"),
    ("sh", "sh"),
    ("b", "p"),
    ("p", "p"),
    ("m", "m"),
    ("f", "f"),
    ("d", "t"),
    ("t", "t"),
    ("n", "n"),
    ("l", "l"),
    ("g", "k"),
    ("k", "k"),
    ("h", "h"),
    ("j", "ch"),
    ("q", "ch"),
    ("x", "hs"),
    ("r", "j"),
    ("z", "ts"),
    ("c", "ts"),
    ("s", "s"),
];

/// Whole syllables that follow no rule.
const WHOLE: [(&str, &str); 16] = [
    ("zi", "tzu"),
    ("ci", "tzu"),
    ("si", "ssu"),
    ("zhi", "chih"),
    ("chi", "chih"),
    ("shi", "shih"),
    ("ri", "jih"),
    ("er", "erh"),
    ("ye", "yeh"),
    ("yue", "yueh"),
    ("yan", "yen"),
    ("you", "yu"),
    ("yong", "yung"),
    ("ge", "ko"),
    ("ke", "ko"),
    ("he", "ho"),
];

/// A syllable in Pinyin without tones, as Wade-Giles writes it.
pub(crate) fn wade_giles(syllable: &str) -> String {
    if let Some((_, written)) = WHOLE.iter().find(|(pinyin, _)| *pinyin == syllable) {
        return (*written).to_owned();
    }
    let found = INITIALS.iter().find_map(|(pinyin, written)| Some((*pinyin, *written, syllable.strip_prefix(pinyin)?)));
    let Some((pinyin, initial, rest)) = found else { return syllable.to_owned() };
    let back = matches!(pinyin, "g" | "k" | "h");
    let ending = match rest {
        "ian" => "ien",
        "ie" => "ieh",
        "iong" => "iung",
        "ong" => "ung",
        "ue" => "ueh",
        "ui" if back && pinyin != "h" => "uei",
        "uo" if !(back || pinyin == "sh") => "o",
        rest => rest,
    };
    [initial, ending].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_spelled_as_in_taiwan() {
        for (pinyin, written) in [
            ("cheng gong", "cheng kung"),
            ("qing hua", "ching hua"),
            ("xin zhu", "hsin chu"),
            ("jiang jie shi", "chiang chieh shih"),
            ("mao ze dong", "mao tse tung"),
            ("zheng zhi", "cheng chih"),
            ("zuo tian", "tso tien"),
            ("guo gui", "kuo kuei"),
            ("yang ming", "yang ming"),
        ] {
            let spelled: Vec<String> = pinyin.split(' ').map(wade_giles).collect();
            assert_eq!(spelled.join(" "), written);
        }
    }
}
