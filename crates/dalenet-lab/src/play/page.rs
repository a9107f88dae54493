//! The page: HTML with the library, the scene and the frames in it.

use super::Recording;
use base64::{Engine, prelude::BASE64_STANDARD};
use dalenet_envs::brax::ShapeKind;
use maud::{DOCTYPE, PreEscaped, html};
use serde_json::json;

const THREE: &str = include_str!("../../assets/three/three.min.js");
const SCENE: &str = include_str!("scene.js");
const STYLE: &str = include_str!("style.css");

/// A page that plays the recording in any browser, without a network. Its frames are in single
/// precision: 28 bytes a link.
pub fn page(recording: &Recording) -> String {
    let Recording { title, subtitle, frames, .. } = recording;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content="written by `dalenet play`";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                canvas #view tabindex="0" aria-label=(title) {}
                header {
                    h1 { (title) }
                    @for line in subtitle { p { (line) } }
                }
                p #failure hidden {}
                dl {
                    div { dt { "step" } dd #step {} }
                    div { dt { "time" } dd #time {} }
                    div { dt { "reward" } dd #reward {} }
                    div { dt { "return" } dd #return {} }
                }
                footer {
                    button #play title="Play or pause (space)" { "Pause" }
                    input #slider type="range" min="0" max=(frames.len().saturating_sub(1))
                        value="0" step="1" aria-label="Step";
                    select #speed aria-label="Speed" {
                        @for speed in ["0.25", "0.5", "1", "2", "4"] {
                            option value=(speed) selected[speed == "1"] { (speed) "×" }
                        }
                    }
                    label { input #follow type="checkbox" checked; "follow" }
                    button #theme title="Light or dark" { "Theme" }
                }
                script #recording type="application/json" { (PreEscaped(data(recording))) }
                script { (PreEscaped(THREE)) }
                script { (PreEscaped(SCENE)) }
            }
        }
    };
    page.into_string()
}

/// What the scene reads: `poses` is frames × links × (x, y, z, w, x, y, z) and `rewards` frames ×
/// (reward, return), both base64 of little-endian `f32`.
fn data(recording: &Recording) -> String {
    let Recording { dt, shapes, frames, .. } = recording;
    let poses = frames.iter().flat_map(|frame| &frame.poses);
    let poses = poses.flat_map(|pose| pose.position.into_iter().chain(pose.rotation));
    let rewards = frames.iter().flat_map(|frame| [frame.reward, frame.ret]);
    let shapes = shapes.iter().map(|shape| {
        json!({
            "kind": match shape.kind {
                ShapeKind::Sphere => "sphere",
                ShapeKind::Capsule => "capsule",
                ShapeKind::Cylinder => "cylinder",
                ShapeKind::Box => "box",
                ShapeKind::Ellipsoid => "ellipsoid",
            },
            "link": shape.link,
            "position": shape.position,
            "rotation": shape.rotation,
            "size": shape.size,
        })
    });
    json!({
        "dt": dt,
        "links": frames.first().map_or(0, |frame| frame.poses.len()),
        "frames": frames.len(),
        "shapes": shapes.collect::<Vec<_>>(),
        "poses": encoded(poses.map(|x| x as f32)),
        "rewards": encoded(rewards),
    })
    .to_string()
}

fn encoded(numbers: impl Iterator<Item = f32>) -> String {
    BASE64_STANDARD.encode(numbers.flat_map(f32::to_le_bytes).collect::<Vec<_>>())
}
