//! The messages of an event file, as far as they are used here.
//!
//! Source: tensorboard/compat/proto/{event, summary, tensor, tensor_shape}.proto.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    #[prost(int64, tag = "2")]
    pub step: i64,
    #[prost(string, optional, tag = "3")]
    pub file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    pub summary: Option<Summary>,
    #[prost(message, optional, tag = "7")]
    pub session_log: Option<SessionLog>,
}

/// The beginning of a session: readers forget what earlier sessions wrote from its step on.
#[derive(Clone, PartialEq, Message)]
pub struct SessionLog {
    #[prost(int32, tag = "1")]
    pub status: i32,
}

impl SessionLog {
    /// `SessionLog.START`.
    pub const START: i32 = 1;
}

#[derive(Clone, PartialEq, Message)]
pub struct Summary {
    #[prost(message, repeated, tag = "1")]
    pub value: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Value {
    #[prost(string, tag = "1")]
    pub tag: String,
    #[prost(float, optional, tag = "2")]
    pub simple_value: Option<f32>,
    #[prost(message, optional, tag = "5")]
    pub histo: Option<Histogram>,
    #[prost(message, optional, tag = "8")]
    pub tensor: Option<Tensor>,
    #[prost(message, optional, tag = "9")]
    pub metadata: Option<Metadata>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Histogram {
    #[prost(double, tag = "1")]
    pub min: f64,
    #[prost(double, tag = "2")]
    pub max: f64,
    #[prost(double, tag = "3")]
    pub num: f64,
    #[prost(double, tag = "4")]
    pub sum: f64,
    #[prost(double, tag = "5")]
    pub sum_squares: f64,
    /// Upper ends of the bins.
    #[prost(double, repeated, tag = "6")]
    pub bucket_limit: Vec<f64>,
    /// Values in each bin.
    #[prost(double, repeated, tag = "7")]
    pub bucket: Vec<f64>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Tensor {
    #[prost(int32, tag = "1")]
    pub dtype: i32,
    #[prost(message, optional, tag = "2")]
    pub shape: Option<TensorShape>,
    #[prost(float, repeated, tag = "5")]
    pub float_val: Vec<f32>,
}

#[derive(Clone, PartialEq, Message)]
pub struct TensorShape {
    #[prost(message, repeated, tag = "2")]
    pub dim: Vec<Dim>,
}

#[derive(Clone, PartialEq, Message)]
pub struct Dim {
    #[prost(int64, tag = "1")]
    pub size: i64,
}

#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    #[prost(message, optional, tag = "1")]
    pub plugin_data: Option<PluginData>,
}

#[derive(Clone, PartialEq, Message)]
pub struct PluginData {
    #[prost(string, tag = "1")]
    pub plugin_name: String,
    #[prost(bytes = "vec", tag = "2")]
    pub content: Vec<u8>,
}

impl Histogram {
    const BINS: usize = 32;

    /// Equally wide bins from the least to the largest value; `None` if there are no values.
    pub fn of(values: &[f32]) -> Option<Self> {
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut sum, mut sum_squares) = (0.0, 0.0);
        for value in values.iter().map(|value| f64::from(*value)) {
            (min, max) = (min.min(value), max.max(value));
            sum += value;
            sum_squares += value * value;
        }
        if !(min.is_finite() && max.is_finite()) {
            return None;
        }
        let width = ((max - min) / Self::BINS as f64).max(f64::MIN_POSITIVE);
        let mut bucket = vec![0.0; Self::BINS];
        for value in values {
            let bin = ((f64::from(*value) - min) / width) as usize;
            bucket[bin.min(Self::BINS - 1)] += 1.0;
        }
        // The last end is the largest value itself, not one that rounding put below it.
        let limit = |bin: usize| if bin == Self::BINS { max } else { min + width * bin as f64 };
        let bucket_limit = (1..=Self::BINS).map(limit).collect();
        Some(Self { min, max, num: values.len() as f64, sum, sum_squares, bucket_limit, bucket })
    }
}

impl Value {
    /// A point of a curve.
    pub fn scalar(tag: String, value: f64) -> Self {
        Self { tag, simple_value: Some(value as f32), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0 … 32 in 32 bins of width 1; 32 belongs to the last.
    #[test]
    fn a_histogram_counts_every_value_once() {
        let values: Vec<f32> = (0..=32).map(|i| i as f32).collect();
        let histogram = Histogram::of(&values).unwrap();
        assert_eq!((histogram.min, histogram.max, histogram.num), (0.0, 32.0, 33.0));
        assert_eq!((histogram.sum, histogram.sum_squares), (528.0, 11440.0));
        assert_eq!(histogram.bucket_limit, (1..=32).map(f64::from).collect::<Vec<_>>());
        assert_eq!(histogram.bucket[..31], [1.0; 31]);
        assert_eq!(histogram.bucket[31], 2.0);
    }

    #[test]
    fn equal_values_and_none_have_a_histogram_or_none() {
        assert_eq!(Histogram::of(&[2.0; 5]).unwrap().bucket.iter().sum::<f64>(), 5.0);
        assert_eq!(Histogram::of(&[]), None);
        assert_eq!(Histogram::of(&[f32::NAN]), None);
    }
}
