//! The frame of all pages: HTML with the caption, the controls, a scene and its recording in it.

use super::{Caption, StepReward};
use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

const STYLE: &str = include_str!("style.css");
const PLAYER: &str = include_str!("player.js");

/// What a scene puts into the frame.
pub(super) struct Scene<'a> {
    /// What it draws on.
    pub stage: Markup,
    /// What it says in numbers, each in an element of that id.
    pub readings: &'a [&'a str],
    /// Times as fast as `dt` says.
    pub speeds: &'a [&'a str],
    /// Controls of its own.
    pub controls: Markup,
    /// Seconds from a frame to the next.
    pub dt: f64,
    /// What else its script reads, an object.
    pub recording: Value,
    /// Its style and its scripts.
    pub style: &'a str,
    pub scripts: &'a [&'a str],
    /// A licence that goes with what is shown; it has no `--`.
    pub notice: &'a str,
}

/// A page that plays a recording in any browser, without a network. `rewards` has an element a
/// frame.
pub(super) fn page(caption: &Caption, rewards: &[StepReward], scene: &Scene) -> String {
    let Caption { title, subtitle } = caption;
    let mut recording = scene.recording.clone();
    recording["dt"] = json!(scene.dt);
    recording["frames"] = json!(rewards.len());
    recording["rewards"] = json!(encoded(rewards.iter().flat_map(|step| [step.reward, step.ret])));
    let body = html! {
        (scene.stage)
        header {
            h1 { (title) }
            @for line in subtitle { p { (line) } }
        }
        p #failure hidden {}
        dl {
            @for reading in scene.readings {
                div { dt { (reading) } dd id=(reading) {} }
            }
        }
        footer {
            button #play title="Play or pause (space)" { "Pause" }
            input #slider type="range" min="0" max=(rewards.len().saturating_sub(1))
                value="0" step="1" aria-label="Step" title="Step (arrow keys)";
            select #speed aria-label="Speed" {
                @for speed in scene.speeds {
                    option value=(speed) selected[*speed == "1"] { (speed) "×" }
                }
            }
            (scene.controls)
            button #theme title="Light or dark" { "Theme" }
        }
        script #recording type="application/json" { (PreEscaped(recording.to_string())) }
        @for script in [PLAYER].iter().chain(scene.scripts) {
            script { (PreEscaped(script)) }
        }
    };
    document(title, &[scene.style], scene.notice, &body)
}

/// A page that needs no other file. The notice, if any, has no `--`.
pub(super) fn document(title: &str, styles: &[&str], notice: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content="written by `dalenet play`";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) @for style in styles { (PreEscaped(style)) } }
                @if !notice.is_empty() { (PreEscaped(format!("<!--\n{notice}\n-->"))) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// Little-endian single precision in base64.
pub(super) fn encoded(numbers: impl Iterator<Item = f32>) -> String {
    BASE64_STANDARD.encode(numbers.flat_map(f32::to_le_bytes).collect::<Vec<_>>())
}
