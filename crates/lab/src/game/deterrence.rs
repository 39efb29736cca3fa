/// The chance of capture from which crime does not pay: gain over gain and loss (Becker 1968), both in one unit.
pub fn deterring_chance(gain: f64, loss: f64) -> f64 {
    if gain <= 0.0 { 0.0 } else { gain / (gain + loss.max(0.0)) }
}

/// How many must be looked at to find one bad among them with some confidence, where a share is bad and a look finds it with some chance; nothing where it
/// never can. Shares lie between 0 and 1.
pub fn samples_needed(confidence: f64, share_bad: f64, detection: f64) -> Option<u64> {
    let found = share_bad * detection;
    if !(0.0 < found && found < 1.0 && 0.0 < confidence && confidence < 1.0) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and far below 2^64 for shares that are not 0"
    )]
    let count = libm::ceil(libm::log1p(-confidence) / libm::log1p(-found)) as u64;
    Some(count)
}
