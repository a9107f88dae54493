//! The page of a recording has all of it, and loads nothing.

use base64::{Engine, prelude::BASE64_STANDARD};
use dalenet_envs::{Actions, Options, make};
use dalenet_lab::play::{Caption, brax::Recording};

fn recording(task: &str, steps: usize) -> Recording {
    let mut env = make(task, 1, &Options::default()).unwrap();
    env.reset(3);
    let caption = Caption { title: "<b>Bold & slanted".into(), subtitle: vec!["</script>".into()] };
    let mut recording = Recording::of(env.as_ref(), caption);
    let zeros = vec![0.0; env.action_space().len()];
    for _ in 0..steps {
        let reward = env.step(Actions::Continuous(&zeros)).unwrap().rewards[0];
        recording.push(env.as_ref(), 0, reward);
    }
    recording
}

fn data(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("type=\"application/json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

fn floats(text: &serde_json::Value) -> Vec<f32> {
    let bytes = BASE64_STANDARD.decode(text.as_str().unwrap()).unwrap();
    bytes.chunks(4).map(|x| f32::from_le_bytes(x.try_into().unwrap())).collect()
}

#[test]
fn the_page_has_all_frames() {
    let recording = recording("ant", 12);
    let data = data(&recording.page());
    let (poses, rewards) = (floats(&data["poses"]), floats(&data["rewards"]));
    assert_eq!(data["frames"], 13);
    assert_eq!(data["shapes"].as_array().unwrap().len(), recording.shapes.len());
    assert_eq!((poses.len(), rewards.len()), (13 * 9 * 7, 13 * 2));
    for (frame, poses) in recording.poses.iter().zip(poses.chunks(9 * 7)) {
        for (pose, numbers) in frame.iter().zip(poses.chunks(7)) {
            let expected = pose.position.into_iter().chain(pose.rotation).map(|x| x as f32);
            assert!(expected.eq(numbers.iter().copied()));
        }
    }
    let mut ret = 0.0;
    for pair in rewards.chunks(2) {
        ret += pair[0];
        assert_eq!(pair[1], ret);
    }
}

#[test]
fn the_page_loads_nothing_and_is_small() {
    let page = recording("humanoid", 1000).page();
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
    // The one address in it is a name of XML, which browsers do not load.
    let addresses = page.match_indices("://").map(|(at, _)| &page[at - 5..at + 20]);
    let foreign: Vec<_> = addresses.filter(|x| !x.contains("://www.w3.org/")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    for loader in ["src=", "@import", "url(", "<link rel=\"stylesheet"] {
        let own = page.split("<script>").next().unwrap();
        assert!(!own.contains(loader), "{loader}");
    }
}

#[test]
fn texts_are_not_markup() {
    let page = recording("hopper", 1).page();
    assert!(page.contains("<h1>&lt;b&gt;Bold &amp; slanted</h1>"));
    assert_eq!(page.matches("</script>").count(), 4);
}
