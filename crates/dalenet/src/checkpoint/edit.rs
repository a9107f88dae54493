//! A checkpoint with other values.

use super::{CHECKSUM, Checkpoint, Error, Stored, checksum};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use std::collections::HashMap;

impl Checkpoint<'_> {
    /// The names of all tensors, in alphabetical order.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.tensors.names().into_iter().map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    /// All numbers of a tensor, whatever their type.
    ///
    /// # Errors
    /// If there is no such tensor.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, Error> {
        let tensor = self.tensor(name)?;
        Ok(match tensor.dtype() {
            Dtype::F32 => each(&tensor, |b| f64::from(f32::from_le_bytes(b))),
            Dtype::F64 => each(&tensor, f64::from_le_bytes),
            Dtype::U32 => each(&tensor, |b| f64::from(u32::from_le_bytes(b))),
            _ => each(&tensor, |b| u64::from_le_bytes(b) as f64),
        })
    }

    /// The bytes of the same checkpoint with other values in some tensors of single precision and other
    /// pieces of metadata.
    ///
    /// # Errors
    /// If there is no tensor of a name, or it has another number of values.
    pub fn edited(
        &self,
        values: &HashMap<String, Vec<f32>>,
        changes: HashMap<String, String>,
    ) -> Result<Vec<u8>, Error> {
        let mut tensors = stored(&self.tensors);
        for (name, values) in values {
            let found = tensors.iter_mut().find(|(other, _)| other == name);
            let (_, tensor) = found.ok_or_else(|| Error::Missing(name.clone()))?;
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            if tensor.dtype != Dtype::F32 || tensor.bytes.len() != bytes.len() {
                return Err(Error::Shape {
                    name: name.clone(),
                    found: format!("{:?} {:?}", tensor.dtype, tensor.shape),
                    wanted: format!("F32 of {} values", values.len()),
                });
            }
            tensor.bytes = bytes;
        }
        let mut metadata = self.metadata.clone();
        metadata.extend(changes);
        Ok(serialised(tensors, metadata))
    }
}

/// The bytes of a file, with the checksum of its content in the metadata.
pub(super) fn serialised(
    tensors: Vec<(String, Stored)>,
    mut metadata: HashMap<String, String>,
) -> Vec<u8> {
    let content = tensors.iter().map(|(name, stored)| (name.as_str(), stored.bytes.as_slice()));
    let sum = checksum(content.collect(), &metadata);
    metadata.insert(CHECKSUM.into(), sum);
    safetensors::serialize(tensors, Some(metadata)).expect("tensors with the shapes of their bytes")
}

fn stored(tensors: &SafeTensors<'_>) -> Vec<(String, Stored)> {
    let store = |view: TensorView<'_>| Stored {
        dtype: view.dtype(),
        shape: view.shape().to_vec(),
        bytes: view.data().to_vec(),
    };
    tensors.tensors().into_iter().map(|(name, view)| (name, store(view))).collect()
}

/// The values of a tensor, of N bytes each.
fn each<const N: usize>(tensor: &TensorView<'_>, value: impl Fn([u8; N]) -> f64) -> Vec<f64> {
    tensor.data().as_chunks().0.iter().map(|bytes| value(*bytes)).collect()
}
