//! A temporary folder in which the program is run, and data sets made up for it.

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

/// A tensor's type, shape and bytes, by name.
pub type Tensors = BTreeMap<String, (String, Vec<u8>)>;

/// A fresh folder that goes away with the test.
pub struct Folder(TempDir);

/// What the program said, and its exit code.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        Self { code: output.status.code(), stdout, stderr }
    }
}

impl Said {
    /// The last line of the standard output.
    pub fn json(&self) -> Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error} in {last:?}: {self:?}"))
    }
}

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The folder of a run of a study: that of its newest attempt while it is trained.
    pub fn run_of(&self, study: &str, run: &str) -> PathBuf {
        let published = self.path(study).join(run);
        let names = fs::read_dir(self.path(study)).into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let token = |name: &str| -> Option<u64> {
            name.strip_prefix(&format!(".{run}."))?.split('-').next()?.parse().ok()
        };
        let newest = names.filter_map(|name| Some((token(&name)?, name))).max();
        match newest {
            Some((_, name)) if !published.exists() => self.path(study).join(name),
            _ => published,
        }
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).expect(name);
    }

    /// The program with these arguments, parted at spaces, in this folder.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dalenet"));
        command.args(arguments.split_whitespace()).current_dir(self.0.path());
        command
    }

    pub fn run(&self, arguments: &str) -> Said {
        self.command(arguments).output().expect("the program starts").into()
    }

    /// Runs what must succeed.
    pub fn ok(&self, arguments: &str) -> Said {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments}: {said:?}");
        said
    }

    /// Runs what must be refused: exit code 2, one sentence, no file touched. The sentence.
    pub fn refused(&self, arguments: &str) -> String {
        self.refused_by(self.command(arguments))
    }

    pub fn refused_by(&self, mut command: Command) -> String {
        let before = self.content();
        let said: Said = command.output().expect("the program starts").into();
        let after = self.content();
        assert_eq!(said.code, Some(2), "{command:?}: {said:?}");
        for path in before.keys().chain(after.keys()) {
            assert!(before.get(path) == after.get(path), "{path:?} was touched: {said:?}");
        }
        said.sentence()
    }

    /// Every file below the folder with its content, and every folder.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut content = BTreeMap::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("readable").flatten() {
                let path = entry.path();
                let bytes = if path.is_dir() { Vec::new() } else { fs::read(&path).expect("read") };
                if path.is_dir() {
                    folders.push(path.clone());
                }
                content.insert(path, bytes);
            }
        }
        content
    }

    /// All tensors of a run's checkpoint.
    pub fn tensors(&self, run: &str) -> Tensors {
        let bytes = fs::read(self.path(run).join("checkpoint.safetensors")).expect(run);
        let file = safetensors::SafeTensors::deserialize(&bytes).expect("a checkpoint");
        let tensor = |(name, view): (String, safetensors::tensor::TensorView<'_>)| {
            (name, (format!("{:?} {:?}", view.dtype(), view.shape()), view.data().to_vec()))
        };
        file.tensors().into_iter().map(tensor).collect()
    }

    /// A piece of the checkpoint's metadata.
    pub fn metadata(&self, run: &str, key: &str) -> Value {
        let bytes = fs::read(self.path(run).join("checkpoint.safetensors")).expect(run);
        let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).expect("a checkpoint");
        let metadata = header.metadata().as_ref().expect("metadata");
        serde_json::from_str(&metadata[key]).expect("JSON")
    }

    /// The epochs in `metrics.jsonl`.
    pub fn metrics(&self, run: &str) -> Vec<Value> {
        let lines = self.read(&format!("{run}/metrics.jsonl"));
        lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The same without what depends on the machine.
    pub fn timeless_metrics(&self, run: &str) -> Vec<Value> {
        let mut metrics = self.metrics(run);
        for epoch in &mut metrics {
            let epoch = epoch.as_object_mut().expect("an object");
            for timing in ["seconds", "samples_per_second"] {
                epoch.remove(timing).expect(timing);
            }
        }
        metrics
    }

    /// Writes `name`: `train` + `test` images of 12×12 pixels in three classes. Each has noise,
    /// and a bright square where its class says.
    pub fn squares(&self, name: &str, [train, test]: [usize; 2]) {
        let mut noise = 1_u32;
        let mut images = |count: usize| {
            let (mut pixels, mut labels) = (Vec::new(), Vec::new());
            for i in 0..count {
                let class = i % 3;
                for y in 0..12 {
                    for x in 0..12 {
                        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        let bright = (4 * class..4 * class + 4).contains(&x) && (4..8).contains(&y);
                        pixels.push((noise >> 25) as u8 + if bright { 100 } else { 0 });
                    }
                }
                labels.push(class as u8);
            }
            [array("|u1", &[count, 12, 12], &pixels), array("|u1", &[count], &labels)]
        };
        let ([x_train, y_train], [x_test, y_test]) = (images(train), images(test));
        let arrays = [("x_train", x_train), ("y_train", y_train), ("x_test", x_test)];
        self.npz(name, &[&arrays[..], &[("y_test", y_test)]].concat());
    }

    /// Writes an `.npz` file of these arrays.
    pub fn npz(&self, name: &str, arrays: &[(&str, Vec<u8>)]) {
        let mut zip = ZipWriter::new(fs::File::create(self.path(name)).expect(name));
        for (name, array) in arrays {
            let started = zip.start_file(format!("{name}.npy"), SimpleFileOptions::default());
            started.and_then(|()| Ok(zip.write_all(array)?)).expect("a zip archive");
        }
        zip.finish().expect("a zip archive");
    }

    /// A folder of MNIST's files, of which the test labels are these.
    pub fn mnist_with_labels(&self, folder: &str, labels: &[u8]) {
        let cache = mnist().join("mnist");
        let folder = self.path(folder).join("mnist");
        fs::create_dir_all(&folder).expect("a folder");
        for entry in fs::read_dir(cache).expect("MNIST").flatten() {
            let (from, to) = (entry.path(), folder.join(entry.file_name()));
            match entry.file_name().to_string_lossy().as_ref() {
                "t10k-labels-idx1-ubyte" => fs::write(&to, labels).expect("a copy"),
                _ => fs::hard_link(&from, &to)
                    .or_else(|_| fs::copy(&from, &to).map(drop))
                    .expect("a copy"),
            }
        }
    }
}

impl Said {
    /// The one sentence of a refusal.
    pub fn sentence(&self) -> String {
        let notes = ["changed: ", "looking for ", "downloading ", "has no test set: ", "warning: "];
        let is_note = |line: &&str| notes.iter().any(|note| line.contains(note));
        let lines: Vec<_> = self.stderr.lines().filter(|line| !is_note(line)).collect();
        let [sentence] = lines[..] else { panic!("not one sentence: {self:?}") };
        let sentence = sentence.strip_prefix("dalenet: ").expect("the program's name first");
        assert!(!sentence.contains("  ") && !sentence.contains(";;"), "{sentence}");
        sentence.to_owned()
    }
}

/// An array in NumPy's format, version 1.0.
pub fn array(dtype: &str, shape: &[usize], bytes: &[u8]) -> Vec<u8> {
    let shape: String = shape.iter().map(|n| format!("{n},")).collect();
    let mut header =
        format!("{{'descr': '{dtype}', 'fortran_order': False, 'shape': ({shape}), }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), bytes].concat()
}

pub fn floats(shape: &[usize], values: &[f32]) -> Vec<u8> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    array("<f4", shape, &bytes)
}

/// The folder of the data sets, with MNIST in it.
pub fn mnist() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        Folder::new().ok("data fetch mnist");
        dalenet_data::default_dir().expect("a folder for data")
    })
}

/// Every piece is in the sentence.
pub fn assert_says(sentence: &str, pieces: &[&str]) {
    for piece in pieces {
        assert!(sentence.contains(piece), "{piece:?} is not in {sentence:?}");
    }
}
