//! All kinds of layers, and their form in a configuration.

use super::{
    convolution::Convolution,
    dense::Dense,
    divisive::Divisive,
    kind::{Weighted, Weightless},
    pooling::Pooling,
    rms::Rms,
    skip::Skip,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, sync::Arc};

/// What a kind can do.
pub(crate) enum Kind {
    Weighted(Arc<dyn Weighted>),
    Weightless(Arc<dyn Weightless>),
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $ability:ident = $name:literal,)*) => {
        /// One layer of a network's list.
        ///
        /// In a configuration a number is a fully connected layer of so many units, and a table with
        /// the key `kind` any other: `{ kind = "pooling", mode = "max", size = 4, stride = 4 }`.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum LayerSpec {
            $($(#[$doc])* $kind($kind),)*
        }

        /// Its form as a table.
        #[derive(Serialize, Deserialize)]
        #[serde(tag = "kind")]
        enum Table {
            $(#[serde(rename = $name)] $kind($kind),)*
        }

        impl From<Table> for LayerSpec {
            fn from(table: Table) -> Self {
                match table {
                    $(Table::$kind(kind) => Self::$kind(kind),)*
                }
            }
        }

        impl From<LayerSpec> for Table {
            fn from(spec: LayerSpec) -> Self {
                match spec {
                    $(LayerSpec::$kind(kind) => Self::$kind(kind),)*
                }
            }
        }

        impl LayerSpec {
            /// The name of its kind.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }

            pub(crate) fn kind(self) -> Kind {
                match self {
                    $(Self::$kind(kind) => Kind::$ability(Arc::new(kind)),)*
                }
            }
        }

        $(impl From<$kind> for LayerSpec {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })*
    };
}
kinds! {
    /// Every unit sees all that the layer receives; in a configuration also a bare number.
    Dense: Weighted = "dense",
    /// The same weights at every place of an image.
    Convolution: Weighted = "convolution",
    /// The mean or the largest of each window.
    Pooling: Weightless = "pooling",
    /// Activity divided by its root mean square.
    Rms: Weightless = "rms",
    /// The output of an earlier layer is added.
    Skip: Weightless = "skip",
    /// Activity divided by that of all channels of its place.
    Divisive: Weightless = "divisive",
}

impl LayerSpec {
    /// A fully connected layer.
    pub const fn dense(units: usize) -> Self {
        Self::Dense(Dense { units })
    }

    /// Fully connected layers of these units, each followed by RMS normalisation if `rms`.
    pub fn dense_list(units: &[usize], rms: bool) -> Vec<Self> {
        let layer = |units: &usize| [Some(Self::dense(*units)), rms.then_some(Self::Rms(Rms {}))];
        units.iter().flat_map(layer).flatten().collect()
    }
}

/// A fully connected layer of so many units.
impl From<usize> for LayerSpec {
    fn from(units: usize) -> Self {
        Self::dense(units)
    }
}

impl Serialize for LayerSpec {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Dense(Dense { units }) => units.serialize(serializer),
            other => Table::from(other).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for LayerSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = LayerSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of units or a table with the key `kind`")
            }

            fn visit_u64<E: de::Error>(self, units: u64) -> Result<LayerSpec, E> {
                let units = usize::try_from(units);
                units.map(LayerSpec::dense).map_err(|_| E::custom("too many units for a layer"))
            }

            fn visit_i64<E: de::Error>(self, units: i64) -> Result<LayerSpec, E> {
                let units = u64::try_from(units);
                units
                    .map_err(|_| E::custom("a layer has at least 1 unit"))
                    .and_then(|units| self.visit_u64(units))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<LayerSpec, A::Error> {
                let table = Table::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(table.into())
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}
