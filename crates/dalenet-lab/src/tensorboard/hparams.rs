//! The hparams plugin: the settings of a run, beside its score.
//!
//! Source: tensorboard/plugins/hparams/{api, plugin_data, hparams_util}.proto. Repeated fields that
//! are maps in the source have an entry message, as protobuf encodes them.

use super::event::{Dim, Metadata, PluginData, Tensor, TensorShape, Value};
use prost::Message;
use toml::Table;

#[derive(Clone, PartialEq, Message)]
struct Content {
    #[prost(message, optional, tag = "2")]
    experiment: Option<Experiment>,
    #[prost(message, optional, tag = "3")]
    session_start_info: Option<SessionStart>,
}

#[derive(Clone, PartialEq, Message)]
struct Experiment {
    #[prost(message, repeated, tag = "4")]
    hparam_infos: Vec<HParam>,
    #[prost(message, repeated, tag = "5")]
    metric_infos: Vec<Metric>,
}

#[derive(Clone, PartialEq, Message)]
struct HParam {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(int32, tag = "4")]
    data_type: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, optional, tag = "1")]
    name: Option<MetricName>,
}

#[derive(Clone, PartialEq, Message)]
struct MetricName {
    #[prost(string, tag = "2")]
    tag: String,
}

#[derive(Clone, PartialEq, Message)]
struct SessionStart {
    #[prost(message, repeated, tag = "1")]
    hparams: Vec<Entry>,
    #[prost(double, tag = "5")]
    start_time_secs: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(string, tag = "1")]
    key: String,
    #[prost(message, optional, tag = "2")]
    value: Option<Setting>,
}

/// `google.protobuf.Value`, without null, structures and lists.
#[derive(Clone, PartialEq, Message)]
struct Setting {
    #[prost(oneof = "Kind", tags = "2, 3, 4")]
    kind: Option<Kind>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Kind {
    #[prost(double, tag = "2")]
    Number(f64),
    #[prost(string, tag = "3")]
    Text(String),
    #[prost(bool, tag = "4")]
    Bool(bool),
}

impl Kind {
    fn of(value: &toml::Value) -> Self {
        match value {
            toml::Value::Integer(number) => Self::Number(*number as f64),
            toml::Value::Float(number) => Self::Number(*number),
            toml::Value::Boolean(value) => Self::Bool(*value),
            toml::Value::String(text) => Self::Text(text.clone()),
            other => Self::Text(other.to_string()),
        }
    }

    /// `DataType`.
    fn data_type(&self) -> i32 {
        match self {
            Self::Text(_) => 1,
            Self::Bool(_) => 2,
            Self::Number(_) => 3,
        }
    }
}

/// What declares the settings of a run and the curves that are its scores.
pub fn values(settings: &Table, scores: &[&str], now: f64) -> Vec<Value> {
    let kinds: Vec<_> = settings.iter().map(|(key, value)| (key, Kind::of(value))).collect();
    let info = |(key, kind): &(&String, Kind)| HParam {
        name: (*key).clone(),
        data_type: kind.data_type(),
    };
    let metric = |tag: &&str| Metric { name: Some(MetricName { tag: (*tag).into() }) };
    let experiment = Experiment {
        hparam_infos: kinds.iter().map(info).collect(),
        metric_infos: scores.iter().map(metric).collect(),
    };
    let entry = |(key, kind): (&String, Kind)| Entry {
        key: key.clone(),
        value: Some(Setting { kind: Some(kind) }),
    };
    let hparams = kinds.into_iter().map(entry).collect();
    let start = SessionStart { hparams, start_time_secs: now };
    vec![
        value("experiment", Content { experiment: Some(experiment), session_start_info: None }),
        value("session_start_info", Content { experiment: None, session_start_info: Some(start) }),
    ]
}

fn value(name: &str, content: Content) -> Value {
    let content = content.encode_to_vec();
    let plugin_data = PluginData { plugin_name: "hparams".into(), content };
    // Readers skip values without a tensor: `DT_FLOAT`, [0.0].
    let shape = TensorShape { dim: vec![Dim { size: 1 }] };
    Value {
        tag: format!("_hparams_/{name}"),
        tensor: Some(Tensor { dtype: 1, shape: Some(shape), float_val: vec![0.0] }),
        metadata: Some(Metadata { plugin_data: Some(plugin_data) }),
        ..Value::default()
    }
}
