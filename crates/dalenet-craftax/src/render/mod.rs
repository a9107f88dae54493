//! Pictures of a game: which picture is where, and the numbers beside it.
//!
//! Source: `render_craftax_pixels` in the `renderer.py` of both games. Pictures are the original's
//! textures, all in one image, [`ATLAS`].

mod classic;
mod full;
mod tile;

pub use tile::{ATLAS, ATLAS_COLUMNS, TILE, Tile};

use crate::{Outcome, grid::Position};

/// The licence of the textures, which goes with every copy of them.
pub const LICENCE: &str = include_str!("../../LICENSE-craftax");

/// What a player and a renderer need of either game.
///
/// ```
/// use dalenet_craftax::{Key, classic, full, render::{Game, Tile}};
///
/// let games: [Box<dyn Game>; 2] =
///     [Box::new(classic::State::new(Key::new(7))), Box::new(full::State::new(Key::new(7)))];
/// for mut game in games {
///     let left = game.actions().iter().position(|name| *name == "Left").unwrap();
///     game.act(left);
///     assert_eq!(game.sprites()[0].tile, Tile::PlayerLeft);
///     assert_eq!(game.floor(0).unwrap().len(), game.size() * game.size());
/// }
/// ```
pub trait Game: Send + Sync {
    /// One step, which draws from the key in the state. An unknown action does nothing.
    fn act(&mut self, action: usize) -> Outcome;

    /// A copy of the game.
    fn boxed_clone(&self) -> Box<dyn Game>;

    /// How the original draws the game.
    fn style(&self) -> Style;

    /// The names of the actions, in the order of their codes.
    fn actions(&self) -> &'static [&'static str];

    /// The names of the achievements.
    fn achievements(&self) -> &'static [&'static str];

    /// Which achievements were unlocked in this episode.
    fn unlocked(&self) -> &[bool];

    /// The names of the floors.
    fn floors(&self) -> &'static [&'static str];

    /// Rows and columns of a floor: N.
    fn size(&self) -> usize;

    /// Rows and columns that the player sees, itself in the middle.
    fn view(&self) -> (usize, usize);

    /// Which floor the player is on.
    fn level(&self) -> usize;

    /// Where the player is.
    fn position(&self) -> Position;

    /// The N×N cells of a floor, row by row, if the player has been there.
    fn floor(&self, level: usize) -> Option<Vec<Cell>>;

    /// The creatures and projectiles on the player's floor, the player first, in drawing order.
    fn sprites(&self) -> Vec<Sprite>;

    /// Daylight where the player is, from 0 to 1; always 1 below ground.
    fn daylight(&self) -> f32;

    /// Whether the player sleeps.
    fn is_sleeping(&self) -> bool;

    /// Whether the player sleeps or rests, so that actions have no effect.
    fn is_idle(&self) -> bool;

    /// Whether the player is dead.
    fn is_dead(&self) -> bool;

    /// Steps since the episode began.
    fn time(&self) -> usize;

    /// Health, food and the like.
    fn needs(&self) -> Vec<Count>;

    /// Everything that can be carried, 0 of what is not.
    fn inventory(&self) -> Vec<Count>;
}

/// How the original draws a game.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Sprites have shadows; the night is darker and less colourful; a sleeping player sees grey.
    Classic,
    /// No shadows; the night is darkest far from the player; a sleeping player sees half the light.
    Full,
}

/// A cell of a floor, as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its block.
    pub ground: Tile,
    /// What lies or stands on it.
    pub item: Option<Tile>,
    /// How bright it is, from 0 to 255; the day comes on top of it.
    pub light: u8,
}

impl Cell {
    /// Whether the player sees it: from a light of 0.05 on.
    pub fn is_seen(self) -> bool {
        f32::from(self.light) > 0.05 * 255.0
    }
}

/// A creature or a projectile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sprite {
    /// Its picture.
    pub tile: Tile,
    /// Where it is.
    pub position: Position,
    /// Whether the picture is upside down.
    pub flipped: bool,
    /// Whether rows and columns of the picture change places, after that.
    pub transposed: bool,
}

impl Sprite {
    fn still(tile: Tile, position: Position) -> Self {
        Self { tile, position, flipped: false, transposed: false }
    }

    fn flying(tile: Tile, position: Position, way: Position) -> Self {
        let flipped = way.row > 0 || way.col > 0;
        Self { tile, position, flipped, transposed: way.col != 0 }
    }

    fn player(direction: crate::classic::Direction, sleeping: bool, position: Position) -> Self {
        use Tile::*;
        let facing = [PlayerLeft, PlayerRight, PlayerUp, PlayerDown][direction as usize];
        Self::still(if sleeping { PlayerSleep } else { facing }, position)
    }

    /// Which pixel of the tile, by row and column, is at a row and a column of the picture.
    pub fn pixel(&self, row: usize, col: usize) -> (usize, usize) {
        let (row, col) = if self.transposed { (col, row) } else { (row, col) };
        (if self.flipped { TILE - 1 - row } else { row }, col)
    }
}

/// An amount with its icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// Its name.
    pub name: &'static str,
    /// Its icon.
    pub tile: Tile,
    /// The amount.
    pub count: i32,
}

impl Count {
    const fn new(name: &'static str, tile: Tile, count: i32) -> Self {
        Self { name, tile, count }
    }
}
