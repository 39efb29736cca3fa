//! Names that show armed forces, police or intelligence services: military end users of 15 CFR 744.21(g) and 744.22(f)(2) that no list need name.

use super::end_use::begins;
use super::end_use_words::ARMED_FORCES;
use super::spelling::plain;

/// Beginnings of words of such names, beside those of [`ARMED_FORCES`].
const STEMS: &[&str] = &[
    "armed police",
    "fuerza armada",
    "fuerza aerea",
    "rocket force",
    "missile force",
    "strategic support force",
    "aerospace force",
    "ground forces",
    "special forces",
    "coast guard",
    "border guard",
    "national guard",
    "guardia nacional",
    "garde nationale",
    "revolutionary guard",
    "national police",
    "policia nacional",
    "police nationale",
    "gendarm",
    "general staff",
    "joint staff",
    "intelligence service",
    "intelligence agency",
    "intelligence bureau",
    "intelligence department",
    "intelligence directorate",
    "intelligence office",
    "directorate of intelligence",
    "directorate for intelligence",
    "department of intelligence",
    "office of intelligence",
    "central intelligence",
    "counterintelligence",
    "counter intelligence",
    "reconnaissance",
    "state security",
    "security affairs",
    "secret service",
    "geheimdienst",
    "nachrichtendienst",
    "军事",
    "軍事",
    "军队",
    "軍隊",
    "军区",
    "軍區",
    "军委",
    "軍委",
    "军工",
    "軍工",
    "陆军",
    "陸軍",
    "海军",
    "海軍",
    "空军",
    "空軍",
    "火箭军",
    "火箭軍",
    "解放军",
    "解放軍",
    "部队",
    "部隊",
    "防衛省",
    "公安边防",
    "国家安全",
    "國家安全",
    "情报局",
    "情報局",
    "росгвард",
    "разведк",
    "разведыв",
    "генштаб",
    "генеральный штаб",
    "генерального штаба",
    "госбезопасност",
    "пограничн",
    "정찰",
];

/// Words that are such a name by themselves.
const WORDS: &[&str] = &["pla", "plan", "plaaf", "plarf", "gru", "irgc", "mod"];

/// Whether a name shows armed forces, national police or guards, or an intelligence service: by a word of it, or as a numbered unit
/// (`Unit 61398`).
pub(crate) fn shows_armed_forces(name: &str) -> bool {
    /// Numbers of units of the People's Liberation Army have so many digits.
    const DIGITS_OF_UNIT: usize = 5;
    let plain = plain(name);
    let words: Vec<&str> = plain.split(' ').collect();
    // `MOD` and `PLAN` are words of their own only in capitals.
    let capitals =
        |word: &str| name.split(|letter: char| !letter.is_alphanumeric()).any(|part| part.eq(&word.to_uppercase()));
    let is_unit = words.windows(2).any(|pair| {
        matches!(pair, ["unit" | "troop" | "troops", number]
            if number.len() == DIGITS_OF_UNIT && number.bytes().all(|byte| byte.is_ascii_digit()))
    });
    is_unit
        || ARMED_FORCES.iter().chain(STEMS).any(|stem| begins(&plain, stem))
        || WORDS.iter().any(|word| capitals(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn armed_forces_are_seen_by_their_names() {
        for name in [
            "PLA Rocket Depot",
            "Ministry of Defence of Halden",
            "Fuerza Armada Nacional, Logistica",
            "Naval Signals Workshop",
            "Unit 70001",
            "Third Department, Joint Staff",
            "北方国防研究院",
            "某部队后勤处",
            "Военный институт связи",
            "Directorate of Military Counterintelligence",
            "National Police Academy",
        ] {
            assert!(shows_armed_forces(name), "{name}");
        }
    }

    #[test]
    fn other_names_show_none() {
        for name in [
            "Harbor Intelligence Technology Co",
            "Artificial Intelligence Institute",
            "Floor Plan Studio",
            "Mod Furniture",
            "Unit 7 Trading",
            "Marina Compute",
            "张建军",
            "Pla Som Foods",
        ] {
            assert!(!shows_armed_forces(name), "{name}");
        }
    }
}
