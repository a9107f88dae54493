//! Converters between numbers and analogue values.

/// A uniform converter of so many bits over a range; what is outside is clipped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Converter {
    low: f32,
    step: f32,
    steps: f32,
}

impl Converter {
    /// Of values from 0 to `high`, as activities are.
    pub fn unsigned(bits: u32, high: f32) -> Self {
        let steps = ((1u64 << bits) - 1) as f32;
        Self { low: 0.0, step: high / steps, steps }
    }

    /// Of values from −`high` to `high`, 0 among them: 2^bits − 1 values.
    ///
    /// ```
    /// use dalenet_hardware::Converter;
    /// let converter = Converter::signed(2, 1.0); // −1, 0 and 1
    /// assert_eq!([-3.0, -0.4, 0.6].map(|z| converter.convert(z)), [-1.0, 0.0, 1.0]);
    /// ```
    pub fn signed(bits: u32, high: f32) -> Self {
        let steps = (((1u64 << bits) - 2).max(2)) as f32;
        Self { low: -high, step: 2.0 * high / steps, steps }
    }

    /// The nearest value there is; halves go to the even one.
    pub fn convert(self, value: f32) -> f32 {
        let Self { low, step, steps } = self;
        if step > 0.0 {
            low + step * ((value - low) / step).round_ties_even().clamp(0.0, steps)
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_moves_by_half_a_step_at_most_and_stays_where_it_is_the_second_time() {
        for bits in 1..=12 {
            let converters = [Converter::unsigned(bits, 3.0), Converter::signed(bits, 3.0)];
            for (converter, low) in converters.into_iter().zip([0.0, -3.0]) {
                for i in 0..=100 {
                    let value = low + (3.0 - low) * i as f32 / 100.0;
                    let converted = converter.convert(value);
                    assert!((converted - value).abs() <= 0.5001 * converter.step);
                    assert!((converter.convert(converted) - converted).abs() < 1e-6);
                }
            }
        }
        assert_eq!(Converter::unsigned(4, 1.0).convert(7.0), 1.0);
        assert_eq!(Converter::signed(4, 1.0).convert(0.0), 0.0);
    }
}
