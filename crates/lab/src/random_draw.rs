//! Random numbers that depend on a seed and a place and on nothing else: the same for any number of threads.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng as _, SeedableRng as _};
use tollgate_model::never;

use tollgate_model::count_of;

/// A stream of random numbers of its own for each (seed, lane, index).
#[derive(Clone, Debug)]
pub struct Stream(Xoshiro256PlusPlus);

/// Spreads a number over all bits (SplitMix64's finalizer).
fn spread(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A number for a name (FNV-1a).
fn number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A number from which nobody sees what it was made from.
pub fn blind(seed: u64, name: &str) -> u64 {
    spread(number(name) ^ spread(seed))
}

impl Stream {
    /// `lane` names what the numbers are for, `index` which draw, agent or step.
    pub fn new(seed: u64, lane: u64, index: u64) -> Stream {
        let place = spread(seed ^ spread(lane.wrapping_add(0x9e37_79b9_7f4a_7c15)))
            ^ spread(index.wrapping_mul(0xd1b5_4a32_d192_ed03));
        Stream(Xoshiro256PlusPlus::seed_from_u64(place))
    }

    /// A stream for something that has a name.
    pub fn named(seed: u64, lane: u64, name: &str) -> Stream {
        Stream::new(seed, lane, number(name))
    }

    /// All bits.
    pub fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform between 0 and 1, neither of them.
    pub fn unit(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
        let number = (self.bits() >> 11) as f64;
        (number + 0.5) / 9_007_199_254_740_992.0
    }

    /// Uniform among 0 up to `count`, that excluded; 0 where there is none.
    pub fn below(&mut self, count: usize) -> usize {
        let drawn = (u128::from(self.bits()) * u128::from(count_of(count))) >> 64;
        usize::try_from(drawn).unwrap_or_else(|_| {
            never!("a number below a count is no larger than the count");
            0
        })
    }

    /// The same of whole numbers: uniform among 0 up to `count`, that excluded; 0 where `count` is not above 0.
    pub fn whole_below(&mut self, count: i32) -> i32 {
        let drawn = (u128::from(self.bits()) * u128::from(count.max(0).unsigned_abs())) >> 64;
        i32::try_from(drawn).unwrap_or_else(|_| {
            never!("a number below a count is no larger than the count");
            0
        })
    }

    /// Whether something of this probability happens.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A standard normal number.
    pub fn normal(&mut self) -> f64 {
        crate::distribution::normal_quantile(self.unit())
    }
}
