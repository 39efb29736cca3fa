//! Sums and counts over the days before and after a row.

/// Which rows count for a row: those whose day is this far from its own, in days; without an end where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Frame {
    /// From here: below zero before the row's day.
    pub(crate) from: Option<i64>,
    /// Until here, itself included.
    pub(crate) until: Option<i64>,
}

/// How many of the values in each row's frame are known, and what they come to.
///
/// `days` are in order; rows without a day stand behind the others, and are each other's peers. Two pointers over running sums: the cost of a row does not
/// depend on how many rows its frame holds. Sums wrap, as those of the engine do.
pub(crate) fn rolling(values: &[Option<i64>], days: &[Option<i64>], frame: Frame) -> Vec<(i64, i64)> {
    let mut so_far = Vec::with_capacity(values.len() + 1);
    let (mut count, mut sum) = (0_i64, 0_i64);
    so_far.push((0, 0));
    for value in values {
        count += i64::from(value.is_some());
        sum = sum.wrapping_add(value.unwrap_or(0));
        so_far.push((count, sum));
    }
    let dated = days.iter().take_while(|day| day.is_some()).count();
    let day = |place: usize| days.get(place).copied().flatten().filter(|_| place < dated);
    let (mut start, mut end) = (0, 0);
    let frames = days.iter().map(|row_day| {
        let Some(row_day) = row_day else {
            return (if frame.from.is_none() { 0 } else { dated }, days.len());
        };
        if let Some(from) = frame.from {
            while day(start).is_some_and(|other| other < row_day.saturating_add(from)) {
                start += 1;
            }
        }
        match frame.until {
            Some(until) => {
                while day(end).is_some_and(|other| other <= row_day.saturating_add(until)) {
                    end += 1;
                }
            }
            None => end = days.len(),
        }
        (start, end.max(start))
    });
    let at = |place: usize| so_far.get(place).copied().unwrap_or((count, sum));
    frames
        .map(|(start, end)| {
            let ((counted, summed), (before, sum_before)) = (at(end), at(start));
            (counted - before, summed.wrapping_sub(sum_before))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_begins_behind_its_end_is_empty() {
        let days = [Some(1), Some(5)];
        let frame = Frame { from: Some(3), until: Some(4) };
        assert_eq!(rolling(&[Some(7), Some(9)], &days, frame), [(1, 9), (0, 0)]);
        assert!(rolling(&[], &[], frame).is_empty());
    }

    #[test]
    fn a_year_back_holds_the_day_itself_and_its_peers() {
        let days = [Some(0), Some(364), Some(364), Some(365), None];
        let values = [Some(1), Some(10), None, Some(100), Some(1000)];
        let year = Frame { from: Some(-364), until: Some(0) };
        assert_eq!(rolling(&values, &days, year), [(1, 1), (2, 11), (2, 11), (2, 110), (1, 1000)]);
    }
}
