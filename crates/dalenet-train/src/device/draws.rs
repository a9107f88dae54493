//! Random numbers by their place.

/// Random numbers that belong to a step of a training and a layer, one for every index: the same on any
/// thread, in any order, and after a resumption without a state that was saved.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    key: u64,
}

impl Draws {
    /// Those of a purpose (`stream`) in a step and a layer.
    pub fn new(seed: u64, step: u64, layer: usize, stream: u64) -> Self {
        let parts = [step, layer as u64, stream];
        let add = |key: u64, part: &u64| mixed(key.wrapping_mul(FACTOR).wrapping_add(*part));
        Self { key: parts.iter().fold(mixed(seed), add) }
    }

    /// 64 random bits.
    fn bits(self, index: u64) -> u64 {
        mixed(self.key.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
    }

    /// A number from U[0, 1).
    pub fn uniform(self, index: u64) -> f32 {
        (self.bits(index) >> 40) as f32 / (1 << 24) as f32
    }

    /// A number of mean 0 and deviation 1, all but normal: the sum of four uniform ones, cut off at 3.46.
    pub fn normal(self, index: u64) -> f32 {
        let bits = self.bits(index);
        let parts = [bits & 0xffff, bits >> 16 & 0xffff, bits >> 32 & 0xffff, bits >> 48];
        let sum: u64 = parts.iter().sum();
        // Four of variance 2³²/12 about 2¹⁵ − ½.
        (sum as f32 - 131_070.0) * (3f32.sqrt() / 65_536.0)
    }
}

/// An odd number, by which the order of what a key is made of counts (Knuth's MMIX).
const FACTOR: u64 = 6_364_136_223_846_793_005;

/// The finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
fn mixed(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: impl Iterator<Item = f32> + Clone) -> [f64; 2] {
        let count = values.clone().count() as f64;
        let mean = values.clone().map(f64::from).sum::<f64>() / count;
        let variance = values.map(|v| (f64::from(v) - mean).powi(2)).sum::<f64>() / count;
        [mean, variance.sqrt()]
    }

    #[test]
    fn numbers_have_the_moments_of_their_distribution() {
        let draws = Draws::new(3, 14, 1, 0);
        let [mean, deviation] = moments((0..100_000).map(|i| draws.uniform(i)));
        assert!((mean - 0.5).abs() < 0.004 && (deviation - 12f64.sqrt().recip()).abs() < 0.003);
        let [mean, deviation] = moments((0..100_000).map(|i| draws.normal(i)));
        assert!(mean.abs() < 0.015 && (deviation - 1.0).abs() < 0.01, "{mean} {deviation}");
    }

    #[test]
    fn each_place_has_numbers_of_its_own() {
        let first = |draws: Draws| (0..8).map(|i| draws.bits(i)).collect::<Vec<_>>();
        let all = [
            first(Draws::new(0, 0, 0, 0)),
            first(Draws::new(1, 0, 0, 0)),
            first(Draws::new(0, 1, 0, 0)),
            first(Draws::new(0, 0, 1, 0)),
            first(Draws::new(0, 0, 0, 1)),
        ]
        .concat();
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(distinct.len(), all.len());
    }
}
