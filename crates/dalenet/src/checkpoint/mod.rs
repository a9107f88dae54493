//! Networks and optimisers as safetensors.
//!
//! Weights are stored as their magnitudes, part by part: `layer1.W_pp`, `layer1.W_np`, … are
//! non-negative under Dale's principle and can go to a device as they are. `layer1.bias` are the
//! biases, `optimiser.layer1.*` the optimiser's averages. Where a file holds several networks, each
//! has a prefix of its own before all of its names: `actor.layer1.W_pp`.
//!
//! ```
//! use dalenet::{Generator, Method, Network, NetworkSpec, Optimiser, checkpoint};
//! let spec =
//!     NetworkSpec { inputs: 2, layers: vec![3.into()], outputs: 1, ..NetworkSpec::default() };
//! let network = Network::new(&spec, &mut Generator::new(0, 0));
//! let optimiser = Optimiser::new(Method::Sgd, true, &network);
//! let bytes = checkpoint::write(&[("", &network, Some(&optimiser))], &[], Default::default());
//!
//! let mut copy = Network::new(&spec, &mut Generator::new(1, 0));
//! let file = checkpoint::Checkpoint::parse(&bytes).unwrap();
//! file.load_network("", &mut copy).unwrap();
//! assert_eq!(copy.layers()[0].weights(), network.layers()[0].weights());
//! ```

mod edit;

use crate::{
    engine::{DaleForm, Moments},
    network::Network,
    optim::{Optimiser, State},
    tensor::Matrix,
};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Not a safetensors file, or cut short.
    #[error("it is not a whole safetensors file ({0})")]
    Format(#[from] safetensors::SafeTensorError),
    /// The content is not what was written.
    #[error("it is damaged: SHA-256 {found}, expected {expected}")]
    Checksum {
        /// What the file says it should be.
        expected: String,
        /// What its content gives.
        found: String,
    },
    /// A piece of metadata is missing or is not what it should be.
    #[error("its `{key}` cannot be read ({cause})")]
    Metadata {
        /// Which piece.
        key: String,
        /// Why not.
        cause: String,
    },
    /// A tensor is not there.
    #[error("tensor `{0}` is missing: it was written for another network or optimiser")]
    Missing(String),
    /// A tensor is there that nothing asks for.
    #[error("tensor `{0}` is one too many: it was written for another network or optimiser")]
    Unexpected(String),
    /// The signs of its weights follow the other form of Dale's principle.
    #[error(
        "it was written for a network under {} of Dale's principle, but this network is under {}: \
         use the same setting of `dale` as in its training",
        describe(*found),
        describe(*wanted)
    )]
    Form {
        /// That of the file.
        found: DaleForm,
        /// That of the network.
        wanted: DaleForm,
    },
    /// A tensor has another shape or type.
    #[error("tensor `{name}` is {found}, but the network needs {wanted}")]
    Shape {
        /// Which tensor.
        name: String,
        /// What it is.
        found: String,
        /// What it should be.
        wanted: String,
    },
}

/// A list of numbers of a caller's own, as a checkpoint keeps them.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Whole numbers.
    U32(Vec<u32>),
    /// Large whole numbers.
    U64(Vec<u64>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision.
    F64(Vec<f64>),
}

impl Values {
    fn stored(&self) -> Stored {
        let (dtype, len, bytes) = match self {
            Self::U32(v) => (Dtype::U32, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::U64(v) => (Dtype::U64, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::F32(v) => (Dtype::F32, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Self::F64(v) => (Dtype::F64, v.len(), v.iter().flat_map(|v| v.to_le_bytes()).collect()),
        };
        Stored { dtype, shape: vec![len], bytes }
    }
}

/// The bytes of a checkpoint: networks with their prefixes and optimisers (none of a network that does
/// not learn), `extra` values under their names and metadata.
pub fn write(
    networks: &[(&str, &Network, Option<&Optimiser>)],
    extra: &[(String, Values)],
    mut metadata: HashMap<String, String>,
) -> Vec<u8> {
    for (prefix, network, _) in networks {
        if form_of(network) == DaleForm::Literal {
            metadata.insert(form_key(prefix), LITERAL.into());
        }
    }
    let mut tensors = Vec::new();
    let mut add = |name: String, dtype, shape: Vec<usize>, bytes| {
        tensors.push((name, Stored { dtype, shape, bytes }));
    };
    let floats = |values: &[f32]| values.iter().flat_map(|v| v.to_le_bytes()).collect();
    for (prefix, network, optimiser) in networks {
        for (l, layer) in (1..).zip(network.layers()) {
            for part in layer.sub_matrices() {
                let (name, values) =
                    (format!("{prefix}layer{l}.{}", part.name), layer.magnitudes(&part));
                let shape = vec![values.rows(), values.cols()];
                add(name, Dtype::F32, shape, floats(values.as_slice()));
            }
            let bias = layer.bias();
            add(format!("{prefix}layer{l}.bias"), Dtype::F32, vec![bias.len()], floats(bias));
        }
        let Some(optimiser) = optimiser else { continue };
        for (l, state) in (1..).zip(optimiser.layers()) {
            for (name, values) in moments(prefix, l, &state.weights, &state.bias) {
                if !values.is_empty() {
                    add(name, Dtype::F32, vec![values.len()], floats(values));
                }
            }
            let power = std::slice::from_ref(&state.power);
            add(format!("{prefix}optimiser.layer{l}.power"), Dtype::F32, vec![1], floats(power));
        }
        let steps = optimiser.steps().to_le_bytes().to_vec();
        add(format!("{prefix}optimiser.steps"), Dtype::U64, vec![1], steps);
    }
    tensors.extend(extra.iter().map(|(name, values)| (name.clone(), values.stored())));
    edit::serialised(tensors, metadata)
}

/// The piece of metadata that names the form of Dale's principle, if it is the literal one: without
/// it signs follow the two streams.
fn form_key(prefix: &str) -> String {
    format!("{prefix}dale_form")
}

const LITERAL: &str = "literal";

fn form_of(network: &Network) -> DaleForm {
    let dale = network.layers().iter().find_map(|layer| layer.dale());
    dale.map(|dale| dale.form).unwrap_or_default()
}

fn describe(form: DaleForm) -> &'static str {
    match form {
        DaleForm::Streams => "the form by streams",
        DaleForm::Literal => "the literal form",
    }
}

/// The piece of metadata that holds the checksum of all others and of the tensors.
const CHECKSUM: &str = "sha256";

fn checksum<'a>(
    mut tensors: Vec<(&'a str, &'a [u8])>,
    metadata: &'a HashMap<String, String>,
) -> String {
    let texts = metadata.iter().filter(|(key, _)| *key != CHECKSUM);
    tensors.extend(texts.map(|(key, text)| (key.as_str(), text.as_bytes())));
    tensors.sort_unstable();
    let mut digest = Sha256::new();
    for (name, bytes) in tensors {
        for part in [name.as_bytes(), bytes] {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part);
        }
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A checkpoint in memory.
pub struct Checkpoint<'a> {
    tensors: SafeTensors<'a>,
    metadata: HashMap<String, String>,
}

impl<'a> Checkpoint<'a> {
    /// Reads and verifies a checkpoint.
    ///
    /// # Errors
    /// [`Error::Format`] if `bytes` are not a whole safetensors file, [`Error::Checksum`] if they
    /// are not those that were written.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let (_, header) = SafeTensors::read_metadata(bytes)?;
        let metadata = header.metadata().clone().unwrap_or_default();
        let tensors = SafeTensors::deserialize(bytes)?;
        let views = tensors.tensors();
        let content = views.iter().map(|(name, view)| (name.as_str(), view.data())).collect();
        let found = checksum(content, &metadata);
        match metadata.get(CHECKSUM) {
            Some(expected) if *expected == found => Ok(Self { tensors, metadata }),
            expected => {
                let expected = expected.cloned().unwrap_or_else(|| "none".into());
                Err(Error::Checksum { expected, found })
            }
        }
    }

    /// A piece of metadata, from JSON.
    ///
    /// # Errors
    /// If it is missing or is not such a value.
    pub fn json<T: DeserializeOwned>(&self, key: &str) -> Result<T, Error> {
        let text = self.metadata.get(key).map_or("", String::as_str);
        serde_json::from_str(text)
            .map_err(|cause| Error::Metadata { key: key.into(), cause: cause.to_string() })
    }

    /// How many values the tensor of this name has.
    ///
    /// # Errors
    /// If there is none.
    pub fn len(&self, name: &str) -> Result<usize, Error> {
        Ok(self.tensor(name)?.shape().iter().product())
    }

    /// Whole numbers of the caller's own, however many.
    ///
    /// # Errors
    /// If they are not there or of another type.
    pub fn u32s(&self, name: &str) -> Result<Vec<u32>, Error> {
        let tensor = self.tensor(name)?;
        expect(name, &tensor, Dtype::U32, tensor.shape())?;
        Ok(tensor.data().as_chunks().0.iter().map(|b| u32::from_le_bytes(*b)).collect())
    }

    /// Large whole numbers of the caller's own, `len` of them.
    ///
    /// # Errors
    /// If they are not there, of another type or number.
    pub fn u64s(&self, name: &str, len: usize) -> Result<Vec<u64>, Error> {
        let tensor = self.tensor(name)?;
        expect(name, &tensor, Dtype::U64, &[len])?;
        Ok(tensor.data().as_chunks().0.iter().map(|b| u64::from_le_bytes(*b)).collect())
    }

    /// Numbers of the caller's own in single precision, `len` of them.
    ///
    /// # Errors
    /// If they are not there, of another type or number.
    pub fn f32s(&self, name: &str, len: usize) -> Result<Vec<f32>, Error> {
        self.floats(name, &[len])
    }

    /// Numbers of the caller's own in double precision, `len` of them.
    ///
    /// # Errors
    /// If they are not there, of another type or number.
    pub fn f64s(&self, name: &str, len: usize) -> Result<Vec<f64>, Error> {
        let tensor = self.tensor(name)?;
        expect(name, &tensor, Dtype::F64, &[len])?;
        Ok(tensor.data().as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect())
    }

    /// Sets all weights and biases of the network with this prefix.
    ///
    /// # Errors
    /// If the checkpoint is of a network of other shapes; the network is then unusable.
    pub fn load_network(&self, prefix: &str, network: &mut Network) -> Result<(), Error> {
        self.check_form(prefix, network)?;
        for (l, layer) in (1..).zip(network.layers_mut()) {
            for part in layer.sub_matrices() {
                let (rows, cols) = (part.rows.len(), part.cols.len());
                let values =
                    self.floats(&format!("{prefix}layer{l}.{}", part.name), &[rows, cols])?;
                layer.set_magnitudes(&part, &Matrix::from_vec(rows, cols, values));
            }
            let units = layer.units();
            layer.set_bias(&self.floats(&format!("{prefix}layer{l}.bias"), &[units])?);
        }
        self.absent(&format!("{prefix}layer{}.bias", network.layers().len() + 1))
    }

    /// Sets what the optimiser of the network with this prefix remembers.
    ///
    /// # Errors
    /// If the checkpoint is of another method or of a network of other shapes.
    pub fn load_optimiser(&self, prefix: &str, optimiser: &mut Optimiser) -> Result<(), Error> {
        let mut layers = optimiser.layers().to_vec();
        for (l, state) in (1..).zip(&mut layers) {
            let State { weights, bias, power } = state;
            for (name, values) in moments_mut(prefix, l, weights, bias) {
                if values.is_empty() {
                    self.absent(&name)?;
                } else {
                    *values = self.floats(&name, &[values.len()])?;
                }
            }
            *power = self.floats(&format!("{prefix}optimiser.layer{l}.power"), &[1])?[0];
        }
        let steps = self.u64s(&format!("{prefix}optimiser.steps"), 1)?[0];
        optimiser.restore(steps, layers);
        Ok(())
    }

    /// Refuses magnitudes whose signs would be others.
    fn check_form(&self, prefix: &str, network: &Network) -> Result<(), Error> {
        let found = match self.metadata.get(&form_key(prefix)).map(String::as_str) {
            Some(LITERAL) => DaleForm::Literal,
            _ => DaleForm::Streams,
        };
        let wanted = form_of(network);
        if found == wanted { Ok(()) } else { Err(Error::Form { found, wanted }) }
    }

    fn tensor(&self, name: &str) -> Result<TensorView<'_>, Error> {
        self.tensors.tensor(name).map_err(|_| Error::Missing(name.into()))
    }

    fn absent(&self, name: &str) -> Result<(), Error> {
        match self.tensor(name).is_ok() {
            true => Err(Error::Unexpected(name.into())),
            false => Ok(()),
        }
    }

    fn floats(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, Error> {
        let tensor = self.tensor(name)?;
        expect(name, &tensor, Dtype::F32, shape)?;
        Ok(tensor.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
    }
}

/// A tensor on its way into a file.
struct Stored {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl safetensors::View for Stored {
    fn dtype(&self) -> Dtype {
        self.dtype
    }
    fn shape(&self) -> &[usize] {
        &self.shape
    }
    fn data(&self) -> std::borrow::Cow<'_, [u8]> {
        self.bytes.as_slice().into()
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

fn expect(name: &str, tensor: &TensorView<'_>, dtype: Dtype, shape: &[usize]) -> Result<(), Error> {
    if tensor.dtype() == dtype && tensor.shape() == shape {
        return Ok(());
    }
    Err(Error::Shape {
        name: name.into(),
        found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
        wanted: format!("{dtype:?} {shape:?}"),
    })
}

fn moment_names(prefix: &str, l: usize) -> [String; 4] {
    ["weight.first", "weight.second", "bias.first", "bias.second"]
        .map(|kind| format!("{prefix}optimiser.layer{l}.{kind}"))
}

fn moments<'a>(
    prefix: &str,
    l: usize,
    weights: &'a Moments,
    bias: &'a Moments,
) -> impl Iterator<Item = (String, &'a [f32])> {
    let values = [&weights.first, &weights.second, &bias.first, &bias.second];
    moment_names(prefix, l).into_iter().zip(values.map(Vec::as_slice))
}

fn moments_mut<'a>(
    prefix: &str,
    l: usize,
    weights: &'a mut Moments,
    bias: &'a mut Moments,
) -> impl Iterator<Item = (String, &'a mut Vec<f32>)> {
    let values = [&mut weights.first, &mut weights.second, &mut bias.first, &mut bias.second];
    moment_names(prefix, l).into_iter().zip(values)
}
