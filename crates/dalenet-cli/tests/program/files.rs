//! The files of a run, for other programs to read.

use crate::helper::Folder;
use prost::Message;
use std::fs;

/// tensorflow/core/util/event.proto, as far as scalars need it.
#[derive(Clone, PartialEq, Message)]
struct Event {
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<Scalar>,
}

#[derive(Clone, PartialEq, Message)]
struct Scalar {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, tag = "2")]
    simple_value: f32,
}

/// The records of a TFRecord file: length, its masked CRC-32C, data, their masked CRC-32C.
fn events(folder: &Folder, run: &str) -> Vec<Event> {
    let names = fs::read_dir(folder.path(run)).unwrap().flatten();
    let names = names.map(|entry| entry.file_name().into_string().unwrap());
    let names: Vec<_> = names.filter(|name| name.contains("tfevents")).collect();
    let [name] = &names[..] else { panic!("not one event file: {names:?}") };
    let file = fs::read(folder.path(run).join(name)).unwrap();

    let masked = |data: &[u8]| {
        let crc = crc32c::crc32c(data);
        crc.rotate_right(15).wrapping_add(0xa282_ead8)
    };
    let number = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let (mut rest, mut events) = (&file[..], Vec::new());
    while !rest.is_empty() {
        let (length, after) = rest.split_at(8);
        let (sum, after) = after.split_at(4);
        assert_eq!(number(sum), masked(length));
        let (data, after) = after.split_at(u64::from_le_bytes(length.try_into().unwrap()) as usize);
        let (sum, after) = after.split_at(4);
        assert_eq!(number(sum), masked(data));
        events.push(Event::decode(data).unwrap());
        rest = after;
    }
    events
}

#[test]
fn metrics_have_one_line_an_epoch_and_tensorboard_shows_the_same() {
    let folder = Folder::new();
    folder.squares("squares.npz", [90, 30]);
    let task = "train squares.npz --epochs 4 --set layers=[9] --set batch=10 --set schedule=cosine";
    folder.ok(&format!("{task} --out r"));
    // A finished run that is resumed leaves its events as they are.
    for command in ["list", "train --resume r"] {
        folder.ok(command);
        let metrics = folder.metrics("r");
        assert_eq!(metrics.len(), 4);
        let events = events(&folder, "r");
        assert_eq!(events[0].file_version.as_deref(), Some("brain.Event:2"));
        let is_epoch = |event: &&Event| {
            let mut values = event.summary.iter().flat_map(|summary| &summary.value);
            values.any(|value| value.tag == "error")
        };
        let epochs: Vec<_> = events.iter().filter(is_epoch).collect();
        assert_eq!(epochs.len(), 4);
        for (i, (epoch, event)) in metrics.iter().zip(epochs).enumerate() {
            assert_eq!(epoch["epoch"], i + 1);
            assert_eq!(epoch["step"], 9 * (i + 1));
            assert_eq!(event.step, 9 * (i as i64 + 1));
            let shown = |tag: &str| {
                let values = &event.summary.as_ref().expect("values").value;
                let value = values.iter().find(|value| value.tag == tag);
                value.unwrap_or_else(|| panic!("no {tag}: {values:?}")).simple_value
            };
            for (tag, value) in [
                ("rate", &epoch["rate"]),
                ("error", &epoch["error"]),
                ("accuracy/train", &epoch["train_accuracy"]),
                ("accuracy/validation", &epoch["validation_accuracy"]),
                ("samples_per_second", &epoch["samples_per_second"]),
                ("ei_ratio/layer1", &epoch["ei_ratio"][0]),
                ("ei_ratio/layer2", &epoch["ei_ratio"][1]),
                ("floor_share/layer2", &epoch["floor_share"][1]),
            ] {
                assert_eq!(
                    f64::from(shown(tag)) as f32,
                    value.as_f64().expect(tag) as f32,
                    "{tag}"
                );
            }
        }
    }
}

#[test]
fn runs_without_a_name_get_the_next_free_one() {
    let folder = Folder::new();
    for run in ["runs/xor-ed-seed5", "runs/xor-ed-seed5-2", "runs/xor-ed-seed5-3"] {
        let json = folder.ok("train xor --epochs 2 --seed 5 --json").json();
        assert_eq!(json["run"], run);
    }
}

#[test]
fn a_run_has_its_files_and_no_others() {
    let folder = Folder::new();
    folder.ok("train xor --epochs 2 --out r");
    let names = fs::read_dir(folder.path("r")).unwrap().flatten();
    let mut names: Vec<_> = names.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    let event_file = names.remove(2);
    assert!(event_file.starts_with("events.out.tfevents."), "{event_file}");
    assert_eq!(names, ["checkpoint.safetensors", "config.toml", "metrics.jsonl", "result.json"]);
}
