//! A graph that is written node by node.

use super::proto::{
    Attribute, Dimension, Entry, Graph, Model, Node, OperatorSet, Tensor, TensorShape, TensorType,
    Type, ValueInfo,
};
use prost::Message;
use std::collections::HashMap;

/// Version of the operators. Scales by column are there since 13, and `ReduceMean` has its axes as an
/// attribute until 17.
const OPSET: i64 = 17;
/// The format that belongs to it.
const IR_VERSION: i64 = 8;

/// The type of a tensor's elements.
#[derive(Clone, Copy)]
pub enum Element {
    Float = 1,
    Byte = 2,
    Integer = 7,
}

/// A graph that grows; values are known by their names.
#[derive(Default)]
pub struct Builder {
    graph: Graph,
    counts: HashMap<&'static str, usize>,
}

impl Builder {
    /// Adds an input, of B rows of this shape.
    pub fn input(&mut self, name: &str, element: Element, row: &[usize], doc: &str) -> String {
        self.graph.input.push(value(name, element, row, doc));
        name.into()
    }

    /// Makes a value an output of this name, of B rows of this shape.
    pub fn output(&mut self, of: &str, name: &str, element: Element, row: &[usize], doc: &str) {
        self.push("Identity", &[of], vec![name.into()], &[]);
        self.graph.output.push(value(name, element, row, doc));
    }

    /// Adds a constant of these values, row-major.
    pub fn constant(&mut self, name: impl Into<String>, shape: &[usize], values: &[f32]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name.into(), Element::Float, shape, bytes)
    }

    /// Adds a single number.
    pub fn scalar(&mut self, value: f32) -> String {
        let name = self.fresh("number");
        self.constant(name, &[], &[value])
    }

    /// Adds a list of whole numbers, such as a shape.
    pub fn integers(&mut self, values: &[i64]) -> String {
        let name = self.fresh("shape");
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, Element::Integer, &[values.len()], bytes)
    }

    /// Adds the single byte 0, a zero point.
    pub fn zero_byte(&mut self) -> String {
        let name = self.fresh("zero");
        self.initializer(name, Element::Byte, &[], vec![0])
    }

    fn initializer(
        &mut self,
        name: String,
        element: Element,
        shape: &[usize],
        raw_data: Vec<u8>,
    ) -> String {
        let dims = shape.iter().map(|n| *n as i64).collect();
        let data_type = element as i32;
        self.graph.initializer.push(Tensor { dims, data_type, name: name.clone(), raw_data });
        name
    }

    /// Adds a node with a single output, whose name it returns.
    pub fn node(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        attributes: &[(&str, Setting<'_>)],
    ) -> String {
        let name = self.fresh(operator);
        self.push(operator, inputs, vec![name.clone()], attributes);
        name
    }

    fn push(
        &mut self,
        operator: &'static str,
        inputs: &[&str],
        output: Vec<String>,
        attributes: &[(&str, Setting<'_>)],
    ) {
        self.graph.node.push(Node {
            input: inputs.iter().map(|name| (*name).into()).collect(),
            name: format!("node.{}", output[0]),
            output,
            op_type: operator.into(),
            attribute: attributes.iter().map(|(name, setting)| setting.named(name)).collect(),
        });
    }

    /// A name that no other value has.
    fn fresh(&mut self, kind: &'static str) -> String {
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        format!("{}.{count}", kind.to_lowercase())
    }

    /// The bytes of the model.
    pub fn finish(mut self, name: &str, doc: &str, metadata: &[(&str, String)]) -> Vec<u8> {
        self.graph.name = name.into();
        let entry =
            |(key, value): &(&str, String)| Entry { key: (*key).into(), value: value.clone() };
        let model = Model {
            ir_version: IR_VERSION,
            producer_name: "dalenet".into(),
            producer_version: env!("CARGO_PKG_VERSION").into(),
            doc_string: doc.into(),
            graph: Some(self.graph),
            opset_import: vec![OperatorSet { domain: String::new(), version: OPSET }],
            metadata: metadata.iter().map(entry).collect(),
        };
        model.encode_to_vec()
    }
}

/// The value of a node's attribute.
#[derive(Clone, Copy)]
pub enum Setting<'a> {
    Number(i64),
    Numbers(&'a [i64]),
}

impl Setting<'_> {
    fn named(self, name: &str) -> Attribute {
        let name = name.into();
        match self {
            Self::Number(i) => {
                Attribute { name, i: Some(i), ints: Vec::new(), kind: Attribute::INT }
            }
            Self::Numbers(ints) => {
                Attribute { name, i: None, ints: ints.to_vec(), kind: Attribute::INTS }
            }
        }
    }
}

/// A tensor of B rows.
fn value(name: &str, element: Element, row: &[usize], doc: &str) -> ValueInfo {
    let batch = Dimension { value: None, name: Some("batch".into()) };
    let numbers = row.iter().map(|n| Dimension { value: Some(*n as i64), name: None });
    let shape = TensorShape { dim: [batch].into_iter().chain(numbers).collect() };
    let tensor = TensorType { element: element as i32, shape: Some(shape) };
    ValueInfo {
        name: name.into(),
        r#type: Some(Type { tensor: Some(tensor) }),
        doc_string: doc.into(),
    }
}
