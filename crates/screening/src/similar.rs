//! How alike two words are, in basis points: one weighted edit distance for typing, hearing, reading and transliteration errors.

use crate::sizes::place_of;

/// Cost of an edit that makes another letter of the word, in hundredths.
const WHOLE: u32 = 100;

/// How alike two words of lowercase ASCII are, 0 to 10,000; 0 where they are too far apart to be spellings of one word.
pub(crate) fn similarity(a: &str, b: &str) -> u32 {
    if a == b {
        return 10_000;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() || long.len() > 40 || long.len() > short.len() * 2 + 1 {
        return 0;
    }
    let length = place_of(long.len());
    let most = length * WHOLE * 40 / 100;
    let cost = distance(short, long, most);
    if cost > most {
        return 0;
    }
    10_000_u32.saturating_sub(cost * 10_000 / (length * WHOLE))
}

/// Pairs of characters that look alike in print.
const LOOKING: &[u8] = b"0o1l1iil5s8b3e2z6g";

/// Pairs of letters that sound alike in some transliteration.
const SOUNDING: &[u8] = b"ckkqcqszcsiyvwfvuwuvgjijjydtbpbvgkhkmnchhxkxsxjzlr";

/// Pairs of letters whose keys stand beside each other, in a row or one above the other, on the keyboards that most names are typed on.
const TYPED: &[u8] =
    b"qwweerrttyyuuiioopassddffgghhjjkklzxxccvvbbnnmqawawsesedrdrftftgygyhuhujijikokolplazszsxdxdcfcfvgvgbhbhnjnjmkm";

const VOWELS: &[u8] = b"aeiouy";

/// What it costs to take one character for another, and to leave one out.
struct Costs {
    replacing: [[u8; 128]; 128],
    dropping: [u8; 128],
}

static COSTS: Costs = costs();

#[expect(clippy::indexing_slicing, reason = "worked out by the compiler, which would refuse to build")]
const fn costs() -> Costs {
    let mut costs = Costs { replacing: [[WHOLE as u8; 128]; 128], dropping: [WHOLE as u8; 128] };
    let pairs = [(TYPED, 70), (SOUNDING, 60), (LOOKING, 30)];
    let mut kind = 0;
    while kind < pairs.len() {
        let (letters, cost) = pairs[kind];
        let mut at = 0;
        while at + 1 < letters.len() {
            let (a, b) = (letters[at] as usize, letters[at + 1] as usize);
            costs.replacing[a][b] = cost;
            costs.replacing[b][a] = cost;
            at += 2;
        }
        kind += 1;
    }
    let mut i = 0;
    while i < VOWELS.len() {
        let mut j = 0;
        while j < VOWELS.len() {
            costs.replacing[VOWELS[i] as usize][VOWELS[j] as usize] = 50;
            j += 1;
        }
        costs.dropping[VOWELS[i] as usize] = 45;
        i += 1;
    }
    costs.dropping[b'h' as usize] = 50;
    costs
}

fn replacing(a: u8, b: u8) -> u32 {
    let row = COSTS.replacing.get(usize::from(a & 127));
    row.and_then(|row| row.get(usize::from(b & 127))).map_or(WHOLE, |cost| u32::from(*cost))
}

/// A letter too many: vowels and `h` are lost most easily, a doubled letter hardly counts.
fn dropping(c: u8, before: Option<u8>) -> u32 {
    if before == Some(c) { 20 } else { COSTS.dropping.get(usize::from(c & 127)).map_or(WHOLE, |cost| u32::from(*cost)) }
}

/// Optimal string alignment with these costs; gives up above `most`.
fn distance(a: &[u8], b: &[u8], most: u32) -> u32 {
    let mut rows = [[0_u32; 42]; 3];
    let mut before: Option<u8> = None;
    let [first, ..] = &mut rows;
    let mut sum = 0;
    for (cell, c) in first.iter_mut().skip(1).zip(b) {
        sum += dropping(*c, before);
        *cell = sum;
        before = Some(*c);
    }
    let [mut two_ago, mut last, mut next] = rows;
    std::mem::swap(&mut two_ago, &mut last);
    let mut left = 0;
    let mut a_before: Option<u8> = None;
    for (i, ca) in a.iter().enumerate() {
        left += dropping(*ca, a_before);
        let (mut b_before, mut least) = (None, left);
        let mut corner = last.first().copied().unwrap_or(0);
        let mut beside = left;
        if let Some(cell) = next.first_mut() {
            *cell = left;
        }
        for (j, cb) in b.iter().enumerate() {
            let above = last.get(j + 1).copied().unwrap_or(u32::MAX);
            let mut cost = if ca == cb { corner } else { corner + replacing(*ca, *cb) };
            cost = cost.min(above + dropping(*ca, a_before)).min(beside + dropping(*cb, b_before));
            if i > 0 && j > 0 && a_before == Some(*cb) && b_before == Some(*ca) && ca != cb {
                cost = cost.min(two_ago.get(j - 1).copied().unwrap_or(u32::MAX) + 60);
            }
            corner = above;
            beside = cost;
            least = least.min(cost);
            if let Some(cell) = next.get_mut(j + 1) {
                *cell = cost;
            }
            b_before = Some(*cb);
        }
        if least > most {
            return u32::MAX;
        }
        a_before = Some(*ca);
        std::mem::swap(&mut two_ago, &mut last);
        std::mem::swap(&mut last, &mut next);
    }
    last.get(b.len()).copied().unwrap_or(u32::MAX)
}

/// The consonants of a word, those that transliterations exchange as one, doubled ones once.
pub(crate) fn skeleton(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        let plain = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' => continue,
            'c' | 'q' => 'k',
            'j' => 'g',
            'z' => 's',
            other => other,
        };
        if !out.ends_with(plain) {
            out.push(plain);
        }
    }
    out
}

/// Whether a word is another without the vowels that stand between its first and its last letter, as in `hgra` of `higuera`.
pub(crate) fn is_devoweled(short: &str, long: &str) -> bool {
    let is_vowel = |byte: &u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u');
    let (Some((first, [inner @ .., last])), Some((of_first, [of_inner @ .., of_last]))) =
        (short.as_bytes().split_first(), long.as_bytes().split_first())
    else {
        return false;
    };
    let without = of_inner.iter().filter(|byte| !is_vowel(byte));
    short.len() >= 3 && short.len() < long.len() && first == of_first && last == of_last && inner.iter().eq(without)
}

/// The consonants of a word by classes in which transliterations of Arabic and Persian differ: `g`, `j`, `k` and `q`, `s`, `z` and a soft `c`; without
/// `v`, which is written as `w` there.
pub(crate) fn loose_skeleton(word: &str) -> String {
    let word = word.replace("dj", "j").replace("tch", "s").replace("ch", "s").replace("ph", "f");
    let letters: Vec<char> = word.chars().collect();
    let mut out = String::with_capacity(word.len());
    for (at, c) in letters.iter().enumerate() {
        let class = match c {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' | 'v' => continue,
            'c' if matches!(letters.get(at + 1), Some('e' | 'i' | 'y')) => 's',
            'c' | 'g' | 'j' | 'k' | 'q' => 'k',
            'z' => 's',
            other => *other,
        };
        if !out.ends_with(class) {
            out.push(class);
        }
    }
    out
}

/// The consonants of a word as Japanese and Korean write foreign words, which lack some of them: classes of those that they take for each other, without an
/// `r` that is not spoken.
pub(crate) fn sound_classes(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let letters: Vec<char> = word.chars().collect();
    for (at, c) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        let soft = matches!(next, Some('e' | 'i' | 'y'));
        let class = match c {
            'r' | 'l' if *c == 'l' || next.is_some_and(|next| "aeiouyh".contains(next)) => 'r',
            'g' if next == Some('h') && at > 0 => continue,
            'c' if next == Some('h') && at + 2 == letters.len() => 'k',
            'c' if soft || next == Some('h') => 's',
            'g' if soft => 's',
            'k' | 'c' | 'q' | 'g' => 'k',
            't' if matches!(next, Some('h' | 's' | 'z')) => 's',
            't' if next == Some('i') && letters.get(at + 2) == Some(&'o') => 's',
            't' | 'd' => 't',
            's' | 'z' | 'j' => 's',
            'n' | 'm' => 'n',
            'p' | 'b' | 'f' | 'v' => 'p',
            'x' => {
                out.push('k');
                's'
            }
            c if c.is_ascii_digit() => *c,
            _ => continue,
        };
        if !out.ends_with(class) {
            out.push(class);
        }
    }
    out
}

/// How sounds are spelled that bearers of Korean names spell as they like, longer spellings first, and one spelling of each.
const SOUNDS: [(&str, &str); 44] = [
    ("yeo", "y"),
    ("you", "y"),
    ("yoo", "y"),
    ("yue", "y"),
    ("woo", "u"),
    ("ieo", "y"),
    ("yae", "e"),
    ("yu", "y"),
    ("yo", "y"),
    ("wu", "u"),
    ("eo", "u"),
    ("eu", "u"),
    ("oo", "u"),
    ("ou", "u"),
    ("oh", "u"),
    ("uh", "u"),
    ("ee", "i"),
    ("yi", "i"),
    ("ui", "i"),
    ("ah", "a"),
    ("ae", "e"),
    ("ay", "e"),
    ("ai", "e"),
    ("oe", "e"),
    ("sh", "s"),
    ("ss", "s"),
    ("ch", "c"),
    ("jj", "c"),
    ("kk", "k"),
    ("gg", "k"),
    ("tt", "t"),
    ("dd", "t"),
    ("pp", "p"),
    ("bb", "p"),
    ("ll", "r"),
    ("lr", "r"),
    ("nr", "r"),
    ("ck", "k"),
    ("ph", "p"),
    ("th", "t"),
    ("x", "ks"),
    ("ng", "n"),
    ("q", "k"),
    ("v", "p"),
];

/// A word as its vowels and consonants are told apart by ear alone, where bearers of Korean names spell them as they like: `boseong` and `bosung`, `daeju` and
/// `daejoo`, `gyeong` and `kyung`.
pub(crate) fn spoken(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        if let Some((written, sound)) = SOUNDS.iter().find(|(written, _)| rest.starts_with(written)) {
            out.push_str(sound);
            rest = rest.get(written.len()..).unwrap_or("");
            continue;
        }
        out.push(match first {
            'o' => 'u',
            'g' => 'k',
            'd' => 't',
            'b' => 'p',
            'j' | 'z' => 'c',
            'l' => 'r',
            'f' => 'p',
            other => other,
        });
        rest = rest.get(first.len_utf8()..).unwrap_or("");
    }
    out
}

/// `rn` as `m`, `vv` as `w`, `cl` as `d`: what a reader or a scanner mistakes for one another.
pub(crate) fn as_scanned(word: &str) -> String {
    word.replace("rn", "m")
        .replace("vv", "w")
        .replace("cl", "d")
        .replace('0', "o")
        .replace(['1', 'i'], "l")
        .replace('5', "s")
        .replace('8', "b")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn errors_cost_what_they_say() {
        assert_eq!(similarity("shine", "shine"), 10_000);
        assert_eq!(similarity("shime", "shine"), 8_800);
        assert_eq!(similarity("tnjn", "tianjin"), 8_072);
        assert_eq!(similarity("micorn", "micron"), 9_000);
        assert_eq!(similarity("exatan", "exagan"), 8_834);
        assert!(is_devoweled("hgra", "higuera") && is_devoweled("alwke", "alwakie"));
        assert!(!is_devoweled("hgr", "higuera") && !is_devoweled("huawei", "huawei"));
        assert_eq!(loose_skeleton("belgacem"), loose_skeleton("bilqasim"));
        assert_eq!(loose_skeleton("hamcho"), loose_skeleton("hamshw"));
        for (a, b) in [("boseong", "bosung"), ("daeju", "daejoo"), ("gyeong", "kyung"), ("hyeonu", "hyunwoo")] {
            assert_eq!(spoken(a), spoken(b));
        }
        assert_eq!(similarity("waren", "warren"), 9_667);
        assert_eq!(similarity("abc", "xyz"), 0);
        assert_eq!(as_scanned("gazprorn"), as_scanned("gazprom"));
        for (japanese, english) in
            [("kabon", "carbon"), ("supotsu", "sports"), ("sapurai", "supply"), ("roiyaru", "royal")]
        {
            assert_eq!(sound_classes(japanese), sound_classes(english), "{japanese}");
        }
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_bounded(a in "[a-z]{0,14}", b in "[a-z]{0,14}") {
            prop_assert_eq!(similarity(&a, &b), similarity(&b, &a));
            prop_assert!(similarity(&a, &b) <= 10_000);
        }
    }
}
