//! Games of Craftax.
//!
//! ```
//! use dalenet_craftax::{Key, classic::State};
//! use dalenet_lab::play::{Caption, craftax::Recording};
//!
//! let mut recording = Recording::of(Box::new(State::new(Key::new(7))), Caption::default());
//! for action in [1, 1, 3, 5] {
//!     let outcome = recording.act(action);
//!     assert!(!outcome.over);
//! }
//! assert!(recording.page().starts_with("<!DOCTYPE html>"));
//! ```

mod pixels;

pub use pixels::{Painter, Pixels};

use super::{
    Caption, StepReward,
    page::{Scene, page},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use dalenet_craftax::{
    Outcome,
    render::{ATLAS, Cell, Count, Game, LICENCE, Sprite, Style, TILE, Tile},
};
use flate2::{Compression, write::ZlibEncoder};
use maud::html;
use serde_json::{Value, json};
use std::io::Write;

const SCENE: &str = include_str!("scene.js");
const STYLE: &str = include_str!("style.css");
/// Seconds from a step to the next. The game has no time of its own.
const DT: f64 = 0.1;

/// A game, and what is drawn of each of its steps.
pub struct Recording {
    /// What stands at the top of the page.
    pub caption: Caption,
    game: Box<dyn Game>,
    floors: Vec<Floor>,
    changes: Vec<Change>,
    frames: Vec<Frame>,
    rewards: Vec<StepReward>,
    /// In which frame each achievement was there first.
    unlocked: Vec<Option<usize>>,
}

/// A floor that the player has seen.
struct Floor {
    level: usize,
    /// The planes of [`planes`] when it was first seen, and now.
    first: Vec<u8>,
    now: Vec<u8>,
}

/// A byte of all floors' planes, one after the other, that changed in a frame.
struct Change {
    frame: u32,
    place: u32,
    before: u8,
    after: u8,
}

/// What else is drawn of a step.
struct Frame {
    /// Floor, row, column, daylight, whether asleep, action.
    head: [u8; 6],
    /// Tile + 1, row, column, how the tile is turned.
    sprites: Vec<[u8; 4]>,
    /// Needs, then the inventory.
    counts: Vec<u8>,
}

impl Recording {
    /// Begins where the game is.
    pub fn of(game: Box<dyn Game>, caption: Caption) -> Self {
        let unlocked = vec![None; game.unlocked().len()];
        let (floors, changes, frames, rewards) = Default::default();
        let mut recording = Self { caption, game, floors, changes, frames, rewards, unlocked };
        recording.record(None, 0.0);
        recording
    }

    /// One more step of the game, the last one included.
    pub fn act(&mut self, action: usize) -> Outcome {
        let outcome = self.game.act(action);
        self.record(Some(action), outcome.reward);
        outcome
    }

    /// The game as it is now.
    pub fn game(&self) -> &dyn Game {
        self.game.as_ref()
    }

    /// The reward of the last step and the return so far.
    pub fn last_reward(&self) -> StepReward {
        self.rewards.last().copied().unwrap_or_default()
    }

    fn record(&mut self, action: Option<usize>, reward: f32) {
        let frame = self.frames.len();
        self.record_floors(frame as u32);
        self.frames.push(Frame::of(self.game.as_ref(), action));
        self.rewards.push(if frame == 0 {
            StepReward::default()
        } else {
            self.last_reward().then(reward)
        });
        for (first, &unlocked) in self.unlocked.iter_mut().zip(self.game.unlocked()) {
            *first = first.or(unlocked.then_some(frame));
        }
    }

    fn record_floors(&mut self, frame: u32) {
        let mut start = 0;
        for floor in &mut self.floors {
            let now = planes(&self.game.floor(floor.level).unwrap_or_default());
            let both = floor.now.iter().zip(&now).enumerate();
            self.changes.extend(both.filter(|(_, (before, after))| before != after).map(
                |(i, (&before, &after))| Change { frame, place: start + i as u32, before, after },
            ));
            start += now.len() as u32;
            floor.now = now;
        }
        let level = self.game.level();
        if self.floors.iter().all(|floor| floor.level != level) {
            let first = planes(&self.game.floor(level).unwrap_or_default());
            self.floors.push(Floor { level, now: first.clone(), first });
        }
    }

    /// A page that plays the recording in any browser, without a network. It has the textures of
    /// craftax, with their licence.
    pub fn page(&self) -> String {
        let scene = Scene {
            stage: html! {
                main {
                    canvas #view aria-label=(self.caption.title) {}
                    canvas #map aria-label="The whole floor" {}
                    aside {
                        div #needs {}
                        div #inventory {}
                        ul #achievements {}
                        p { "Textures: Craftax, © 2024 Michael Matthews, MIT licence" }
                    }
                }
            },
            readings: &["step", "action", "reward", "return", "floor"],
            speeds: &["0.25", "0.5", "1", "2", "4", "16", "64"],
            controls: html! {},
            dt: DT,
            recording: self.data(),
            style: STYLE,
            scripts: &[SCENE],
            notice: LICENCE,
        };
        page(&self.caption, &self.rewards, &scene)
    }

    /// What the scene reads. Bytes are deflated, then in base64:
    ///
    /// - `floors`: of each floor seen, in the order of `levels`, its planes of N×N bytes when it
    ///   was first seen: tile, tile of the item + 1, light.
    /// - `changes`: 32-bit little-endian words (frame, place in `floors`, byte before × 256 + byte
    ///   after).
    /// - `series`: a byte a frame of floor, row, column, daylight, whether asleep, action (255:
    ///   none), tile + 1, row, column and turn of each sprite, counts; the first of all frames,
    ///   then the second of all frames …
    fn data(&self) -> Value {
        let game = self.game.as_ref();
        let floors: Vec<u8> = self.floors.iter().flat_map(|floor| &floor.first).copied().collect();
        let words = self.changes.iter().flat_map(|&Change { frame, place, before, after }| {
            [frame, place, u32::from(u16::from_be_bytes([before, after]))]
        });
        let sprites = self.frames.iter().map(|frame| frame.sprites.len()).max().unwrap_or(0);
        let rows: Vec<_> = self.frames.iter().map(|frame| frame.bytes(sprites)).collect();
        let fields = 0..rows.first().map_or(0, Vec::len);
        let series: Vec<u8> = fields.flat_map(|i| rows.iter().map(move |row| row[i])).collect();
        let counts = |counts: Vec<Count>| {
            let named = counts.into_iter().map(|count| json!([count.name, count.tile as u8]));
            named.collect::<Vec<_>>()
        };
        let names = game.achievements().iter().zip(&self.unlocked);
        json!({
            "style": match game.style() { Style::Classic => "classic", Style::Full => "full" },
            "size": game.size(),
            "view": game.view(),
            "names": game.floors(),
            "levels": self.floors.iter().map(|floor| floor.level).collect::<Vec<_>>(),
            "actions": game.actions().iter().map(|name| words_of(name)).collect::<Vec<_>>(),
            "achievements": names.map(|(name, at)| json!([words_of(name), at])).collect::<Vec<_>>(),
            "needs": counts(game.needs()),
            "inventory": counts(game.inventory()),
            "sprites": sprites,
            "floors": deflated(&floors),
            "changes": deflated(&words.flat_map(u32::to_le_bytes).collect::<Vec<_>>()),
            "series": deflated(&series),
            "outside": Tile::OutOfBounds as u8,
            "tile": TILE,
            "atlas": BASE64_STANDARD.encode(ATLAS),
        })
    }
}

impl Frame {
    fn of(game: &dyn Game, action: Option<usize>) -> Self {
        let at = game.position();
        let light = (255.0 * game.daylight()).round() as u8;
        let head = [
            game.level() as u8,
            at.row as u8,
            at.col as u8,
            light,
            game.is_sleeping().into(),
            action.map_or(u8::MAX, |action| action as u8),
        ];
        let counts = game.needs().into_iter().chain(game.inventory());
        let counts = counts.map(|count| count.count.clamp(0, 255) as u8).collect();
        Self { head, sprites: game.sprites().iter().filter_map(sprite).collect(), counts }
    }

    /// All of it, with as many sprites.
    fn bytes(&self, sprites: usize) -> Vec<u8> {
        let none = [[0; 4]].into_iter().cycle();
        let sprites = self.sprites.iter().copied().chain(none).take(sprites).flatten();
        self.head.into_iter().chain(sprites).chain(self.counts.iter().copied()).collect()
    }
}

/// What is on the map of a sprite.
fn sprite(sprite: &Sprite) -> Option<[u8; 4]> {
    let (row, col) = (sprite.position.row.try_into().ok()?, sprite.position.col.try_into().ok()?);
    let turn = u8::from(sprite.flipped) + 2 * u8::from(sprite.transposed);
    Some([sprite.tile as u8 + 1, row, col, turn])
}

/// Tiles, tiles of the items + 1, lights.
fn planes(cells: &[Cell]) -> Vec<u8> {
    let tiles = cells.iter().map(|cell| cell.ground as u8);
    let items = cells.iter().map(|cell| cell.item.map_or(0, |tile| tile as u8 + 1));
    tiles.chain(items).chain(cells.iter().map(|cell| cell.light)).collect()
}

/// Zlib's format in base64.
fn deflated(bytes: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    let deflated = encoder.write_all(bytes).and_then(|()| encoder.finish());
    BASE64_STANDARD.encode(deflated.expect("a vector takes all bytes"))
}

/// The words of one of the game's names: `make wood pickaxe` of `MakeWoodPickaxe`.
pub fn words_of(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
