//! Numbers in the numerals of Chinese, Japanese and Korean: `二十`, `1万`, `2万5千`, `八百`.

/// The value of a digit: `二`.
fn digit(letter: char) -> Option<i64> {
    Some(match letter {
        '〇' | '零' | '영' => 0,
        '一' | '壱' | '壹' => 1,
        '二' | '弐' | '两' | '兩' | '贰' | '貳' => 2,
        '三' | '参' | '叁' | '參' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// What a letter multiplies by: `十`, `万`.
fn scale(letter: char) -> Option<i64> {
    Some(match letter {
        '十' | '拾' | '십' => 10,
        '百' | '佰' | '백' => 100,
        '千' | '仟' | '천' => 1_000,
        '万' | '萬' | '만' => 10_000,
        '億' | '亿' | '억' => 100_000_000,
        _ => return None,
    })
}

/// The number of a run of numerals, western digits among them; `None` where it is none, or may be read in two ways.
fn value(run: &str) -> Option<i64> {
    let is_positional = run.chars().all(|letter| letter.is_ascii_digit() || digit(letter).is_some());
    let (mut total, mut section, mut current) = (0_i64, 0_i64, None::<i64>);
    let (mut last_scale, mut is_zero_between) = (1, false);
    for letter in run.chars() {
        let western = letter.to_digit(10).map(i64::from);
        if let Some(figure) = western.or_else(|| digit(letter)) {
            // `二二` is twenty-two by places alone, and not beside `十`.
            if current.is_some_and(|before| before > 0) && western.is_none() && !is_positional {
                return None;
            }
            is_zero_between |= figure == 0;
            current = Some(current.unwrap_or(0).checked_mul(10)?.checked_add(figure)?);
            continue;
        }
        let by = scale(letter)?;
        (last_scale, is_zero_between) = (by, false);
        if by >= 10_000 {
            let whole = section.checked_add(current.take().unwrap_or(i64::from(section == 0)))?;
            total = total.checked_add(whole.checked_mul(by)?)?;
            section = 0;
        } else {
            section = section.checked_add(current.take().unwrap_or(1).checked_mul(by)?)?;
        }
    }
    // `三千四百五` is 3,405 in Japan and 3,450 in China.
    if current.is_some() && last_scale >= 100 && !is_zero_between {
        return None;
    }
    total.checked_add(section)?.checked_add(current.unwrap_or(0))
}

/// A text with the number at its beginning in western digits, where numerals of these scripts are in it; `None` where they are not, or are not understood.
pub(crate) fn in_western_digits(text: &str) -> Option<String> {
    let is_part = |letter: char| letter.is_ascii_digit() || digit(letter).is_some() || scale(letter).is_some();
    let end = text.find(|letter: char| !is_part(letter)).unwrap_or(text.len());
    let (run, rest) = text.split_at_checked(end)?;
    if run.is_empty() || run.is_ascii() || rest.starts_with(['.', ',']) {
        return None;
    }
    Some(format!("{}{rest}", value(run)?))
}

/// A day with its numerals in western digits: those that stand before `年`, `月` and `日`.
pub(crate) fn day_in_western_digits(text: &str) -> String {
    let is_part = |letter: char| digit(letter).is_some() || matches!(letter, '十' | '百' | '千');
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for letter in text.chars() {
        if is_part(letter) {
            run.push(letter);
            continue;
        }
        let number = value(&run).filter(|_| !run.is_empty() && matches!(letter, '年' | '月' | '日'));
        match number {
            Some(number) => out.push_str(&number.to_string()),
            None => out.push_str(&run),
        }
        run.clear();
        out.push(letter);
    }
    out.push_str(&run);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read_and_what_may_be_two_numbers_is_not() {
        for (text, read) in [
            ("二十", "20"),
            ("十二台", "12台"),
            ("1万", "10000"),
            ("2万张", "20000张"),
            ("2万5千", "25000"),
            ("二〇二六", "2026"),
            ("八百", "800"),
            ("1만 대", "10000 대"),
            ("三千四百零五", "3405"),
            ("百二十五", "125"),
        ] {
            assert_eq!(in_western_digits(text).as_deref(), Some(read), "{text}");
        }
        for text in ["", "4", "台", "二三十", "三千四百五", "1.5万", "L40S"] {
            assert_eq!(in_western_digits(text), None, "{text}");
        }
    }

    #[test]
    fn days_and_groups_are_made_western() {
        assert_eq!(day_in_western_digits("令和八年十一月二十六日"), "令和8年11月26日");
        assert_eq!(day_in_western_digits("二〇二六年三月一日"), "2026年3月1日");
        assert_eq!(day_in_western_digits("十月"), "10月");
    }
}
