//! The map as the original's renderers draw it. Source: `render_craftax_pixels` in the
//! `renderer.py` of both games.

use dalenet_craftax::{
    Position,
    render::{ATLAS, Cell, Game, Sprite, Style, TILE, Tile},
};

/// A picture, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    /// How many rows.
    pub rows: usize,
    /// How many columns.
    pub cols: usize,
    /// Red, green and blue, from 0 to 255, of rows × columns pixels.
    pub colours: Vec<[f32; 3]>,
}

impl Pixels {
    /// The mean colour of the pixels in some rows and columns.
    pub fn mean(&self, rows: std::ops::Range<usize>, cols: std::ops::Range<usize>) -> [f32; 3] {
        let count = (rows.len() * cols.len()).max(1) as f32;
        let mut sum = [0.0; 3];
        for row in rows {
            for colour in &self.colours[row * self.cols..][cols.clone()] {
                sum = mix(sum, 1.0, *colour, 1.0);
            }
        }
        sum.map(|x| x / count)
    }
}

/// What draws maps: the textures, decoded.
pub struct Painter {
    width: usize,
    atlas: Vec<u8>,
}

impl Default for Painter {
    fn default() -> Self {
        Self::new()
    }
}

impl Painter {
    /// Decodes the textures.
    pub fn new() -> Self {
        let decoder = png::Decoder::new(std::io::Cursor::new(ATLAS));
        let mut reader = decoder.read_info().expect("the atlas is a PNG");
        let mut atlas = vec![0; reader.output_buffer_size().expect("the atlas is small")];
        let info = reader.next_frame(&mut atlas).expect("the atlas is whole");
        Self { width: info.width as usize, atlas }
    }

    /// Red, green, blue and alpha of a pixel of a tile.
    pub fn texel(&self, tile: Tile, row: usize, col: usize) -> [u8; 4] {
        let (top, left) = tile.corner();
        let at = 4 * ((top + row) * self.width + left + col);
        std::array::from_fn(|i| self.atlas[at + i])
    }

    /// What the player sees, [`TILE`] pixels a cell. The noise of the original's night is here its
    /// mean.
    pub fn picture(&self, game: &dyn Game) -> Pixels {
        let (view, floor, sprites) = (game.view(), game.floor(game.level()), game.sprites());
        let (rows, cols) = (view.0 * TILE, view.1 * TILE);
        let mut colours = vec![[0.0; 3]; rows * cols];
        let corner = game.position() - Position::new(view.0 as i32 / 2, view.1 as i32 / 2);
        for cell in 0..view.0 * view.1 {
            let (row, col) = (cell / view.1, cell % view.1);
            let at = corner + Position::new(row as i32, col as i32);
            let there = cell_at(floor.as_deref().unwrap_or_default(), game.size(), at);
            let ground = there.unwrap_or(outside(game.style()));
            let here: Vec<_> = sprites.iter().filter(|sprite| sprite.position == at).collect();
            for y in 0..TILE {
                for x in 0..TILE {
                    let place = (row * TILE + y) * cols + col * TILE + x;
                    colours[place] = self.pixel(game.style(), ground, &here, (y, x));
                }
            }
        }
        let sky = Sky { style: game.style(), day: game.daylight(), asleep: game.is_sleeping() };
        for (place, colour) in colours.iter_mut().enumerate() {
            *colour = sky.over(*colour, (place / cols, place % cols), (rows, cols));
        }
        Pixels { rows, cols, colours }
    }

    /// A pixel of a cell and of who is there, in the light of the floor.
    fn pixel(
        &self,
        style: Style,
        cell: Cell,
        sprites: &[&Sprite],
        (y, x): (usize, usize),
    ) -> [f32; 3] {
        let mut colour = [0.0; 3];
        let mut paint = |tile, (row, col), opaque| {
            let [red, green, blue, alpha] = self.texel(tile, row, col);
            let alpha = match style {
                _ if opaque => 1.0,
                Style::Classic => f32::from(alpha) / 255.0,
                Style::Full => f32::from(alpha / 255),
            };
            colour = mix(colour, 1.0 - alpha, [red, green, blue].map(f32::from), alpha);
        };
        paint(cell.ground, (y, x), true);
        cell.item.into_iter().for_each(|item| paint(item, (y, x), false));
        sprites.iter().for_each(|sprite| paint(sprite.tile, sprite.pixel(y, x), false));
        colour.map(|x| x * f32::from(cell.light) / 255.0)
    }
}

/// The cell at a place of a floor of `size` rows, if there is one.
fn cell_at(floor: &[Cell], size: usize, at: Position) -> Option<Cell> {
    let (row, col) = (usize::try_from(at.row).ok()?, usize::try_from(at.col).ok()?);
    if row < size && col < size { floor.get(row * size + col).copied() } else { None }
}

/// What is beyond the edges.
fn outside(style: Style) -> Cell {
    let light = if style == Style::Classic { 255 } else { 0 };
    Cell { ground: Tile::OutOfBounds, item: None, light }
}

/// What the hour and sleep do to colours.
struct Sky {
    style: Style,
    day: f32,
    asleep: bool,
}

impl Sky {
    const BLUE: [f32; 3] = [0.0, 16.0, 64.0];
    /// The mean of 32 + 95 u.
    const NOISE: [f32; 3] = [79.5; 3];

    fn over(&self, colour: [f32; 3], at: (usize, usize), size: (usize, usize)) -> [f32; 3] {
        let dim = (2.0 * (0.5 - self.day)).max(0.0) * self.far(at, size);
        let mut night = mix(colour, 1.0 - dim, Self::NOISE, dim);
        if self.style == Style::Classic {
            night = mix(night, 0.4, [grey(night); 3], 0.6);
        }
        night = mix(night, 0.5, Self::BLUE, 0.5);
        let colour = mix(colour, self.day, night, 1.0 - self.day);
        match self.style {
            _ if !self.asleep => colour,
            Style::Classic => mix([grey(colour); 3], 0.5, [0.0, 0.0, 16.0], 0.5),
            Style::Full => colour.map(|x| 0.5 * x),
        }
    }

    /// How strong the noise of the night is, from 0 in the middle to 1.
    fn far(&self, (row, col): (usize, usize), (rows, cols): (usize, usize)) -> f32 {
        match self.style {
            Style::Classic => {
                let along = |i: usize, n: usize| 2.0 * i as f32 / (n - 1) as f32 - 1.0;
                let (y, x) = (along(row, rows), along(col, cols));
                1.0 - (-2.0 * (x * x + y * y)).exp()
            }
            Style::Full => {
                let (y, x) = (row as f32 - (rows / 2) as f32, col as f32 - (cols / 2) as f32);
                y.hypot(x) / ((rows / 2) as f32).hypot((cols / 2) as f32)
            }
        }
    }
}

fn mix(a: [f32; 3], of_a: f32, b: [f32; 3], of_b: f32) -> [f32; 3] {
    std::array::from_fn(|i| of_a * a[i] + of_b * b[i])
}

fn grey([red, green, blue]: [f32; 3]) -> f32 {
    0.299 * red + 0.587 * green + 0.114 * blue
}
