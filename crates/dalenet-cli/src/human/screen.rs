//! The terminal: taken and given back, and the map in it.

use super::{glyph::glyph, panel, session::Session};
use crossterm::{
    cursor::{Hide, MoveTo, Show},
    execute, queue,
    style::{
        Attribute, Color, Print, ResetColor, SetAttribute, SetBackgroundColor, SetForegroundColor,
    },
    terminal::{
        self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate,
        EnterAlternateScreen, LeaveAlternateScreen,
    },
};
use dalenet_craftax::{
    Position,
    render::{Game, TILE, Tile},
};
use dalenet_lab::play::craftax::{Painter, Pixels};
use std::{
    env,
    io::{self, Stdout, Write, stdout},
    panic,
};

/// The least columns beside the map.
const PANEL: usize = 30;
/// The least pixels of a tile: a character is one wide and two high.
const LEAST: usize = 4;
/// With so many pixels tiles are known without letters.
const CLEAR: usize = 10;

/// The whole terminal, until it is dropped.
pub struct Screen {
    out: Stdout,
    colours: Colours,
    painter: Painter,
}

/// What the terminal can show.
#[derive(Clone, Copy, PartialEq)]
enum Colours {
    /// Any.
    All,
    /// The 6×6×6 of xterm.
    Cube,
    /// The user wants none (`NO_COLOR`).
    None,
}

impl Colours {
    fn of_terminal() -> Self {
        let set = |name| env::var(name).unwrap_or_default();
        match set("COLORTERM").as_str() {
            _ if !set("NO_COLOR").is_empty() => Self::None,
            "truecolor" | "24bit" => Self::All,
            _ if cfg!(windows) => Self::All,
            _ => Self::Cube,
        }
    }

    fn nearest(self, [red, green, blue]: [f32; 3]) -> Color {
        let byte = |x: f32| x.round().clamp(0.0, 255.0) as u8;
        // The steps of the cube are 0, 95, 135, 175, 215, 255.
        let step = |x: f32| ((x - 35.0) / 40.0).round().clamp(0.0, 5.0) as u8;
        match self {
            Self::Cube => Color::AnsiValue(16 + 36 * step(red) + 6 * step(green) + step(blue)),
            _ => Color::Rgb { r: byte(red), g: byte(green), b: byte(blue) },
        }
    }
}

/// A character of the map.
#[derive(Clone, Copy)]
struct Character {
    letter: char,
    /// Foreground and background; none where there are no colours.
    colours: Option<[[f32; 3]; 2]>,
}

impl Screen {
    /// Takes the terminal. It is given back when this is dropped, and before a panic is printed.
    pub fn open() -> io::Result<Self> {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            restore();
            report(panic);
        }));
        terminal::enable_raw_mode()?;
        let screen =
            Self { out: stdout(), colours: Colours::of_terminal(), painter: Painter::new() };
        execute!(&screen.out, EnterAlternateScreen, Hide, Clear(ClearType::All))?;
        Ok(screen)
    }

    /// Draws everything anew.
    pub fn show(&mut self, session: &Session) -> io::Result<()> {
        let (cols, rows) = terminal::size()?;
        let (cols, rows) = (usize::from(cols), usize::from(rows));
        queue!(self.out, BeginSynchronizedUpdate, ResetColor)?;
        match fitting(session.game.view(), cols, rows) {
            Ok(pixels) => self.show_game(session, cols, rows, pixels)?,
            Err(sentence) => {
                queue!(self.out, MoveTo(0, 0), Clear(ClearType::All))?;
                for (row, line) in
                    panel::wrapped(&sentence, cols).into_iter().take(rows).enumerate()
                {
                    queue!(self.out, MoveTo(0, row as u16), Print(line))?;
                }
            }
        }
        queue!(self.out, EndSynchronizedUpdate)?;
        self.out.flush()
    }

    fn show_game(
        &mut self,
        session: &Session,
        cols: usize,
        rows: usize,
        pixels: usize,
    ) -> io::Result<()> {
        let map = self.map(session.game.as_ref(), pixels);
        let width = map.first().map_or(0, Vec::len) + 1;
        let lines = panel::lines(session, cols - width, rows);
        for row in 0..rows {
            queue!(self.out, MoveTo(0, row as u16), ResetColor)?;
            match map.get(row) {
                Some(characters) => self.print(characters)?,
                None => queue!(self.out, Print(" ".repeat(width - 1)))?,
            }
            queue!(self.out, ResetColor, Print(" "))?;
            if let Some(line) = lines.get(row) {
                let weight = if line.bold { Attribute::Bold } else { Attribute::Reset };
                queue!(self.out, SetAttribute(weight), Print(&line.text))?;
                queue!(self.out, SetAttribute(Attribute::Reset))?;
            }
            queue!(self.out, Clear(ClearType::UntilNewLine))?;
        }
        Ok(())
    }

    fn print(&mut self, characters: &[Character]) -> io::Result<()> {
        for Character { letter, colours } in characters {
            if let Some([front, back]) = colours {
                let [front, back] = [front, back].map(|colour| self.colours.nearest(*colour));
                queue!(self.out, SetForegroundColor(front), SetBackgroundColor(back))?;
            }
            queue!(self.out, Print(letter))?;
        }
        Ok(())
    }

    /// The characters of the map, row by row.
    fn map(&self, game: &dyn Game, pixels: usize) -> Vec<Vec<Character>> {
        if self.colours == Colours::None { letters(game) } else { self.mosaic(game, pixels) }
    }

    /// The picture in characters of two pixels, one above the other.
    fn mosaic(&self, game: &dyn Game, pixels: usize) -> Vec<Vec<Character>> {
        let picture = self.painter.picture(game);
        let (rows, cols) = game.view();
        let colour = |row: usize, col: usize| {
            let range = |i: usize| i * TILE / pixels..((i + 1) * TILE).div_ceil(pixels);
            if row < rows * pixels { picture.mean(range(row), range(col)) } else { [0.0; 3] }
        };
        let half = |row: usize, col: usize| Character {
            letter: '▀',
            colours: Some([colour(2 * row, col), colour(2 * row + 1, col)]),
        };
        let row = |row| (0..cols * pixels).map(|col| half(row, col)).collect();
        let mut map: Vec<Vec<_>> = (0..(rows * pixels).div_ceil(2)).map(row).collect();
        if pixels < CLEAR {
            for (i, tile) in tiles(game).into_iter().enumerate() {
                let (row, col) = (i / cols * pixels + pixels / 2, i % cols * pixels + pixels / 2);
                if let (Some(tile), Some(at)) =
                    (tile, map.get_mut(row / 2).map(|row| &mut row[col]))
                {
                    mark(at, tile, &picture, (i / cols, i % cols));
                }
            }
        }
        map
    }
}

/// Puts the letter of a tile in the middle of its pixels, if they do not tell what it is.
fn mark(at: &mut Character, tile: Tile, picture: &Pixels, (row, col): (usize, usize)) {
    let (letter, clear) = glyph(tile);
    if clear {
        return;
    }
    let range = |i: usize| i * TILE..(i + 1) * TILE;
    let back = picture.mean(range(row), range(col));
    let bright = back.iter().sum::<f32>() > 330.0;
    let front = if bright { [0.0; 3] } else { [255.0; 3] };
    *at = Character { letter, colours: Some([front, back]) };
}

/// A tile as its letter and a space.
fn letters(game: &dyn Game) -> Vec<Vec<Character>> {
    let plain = |letter| Character { letter, colours: None };
    let both = |tile: &Option<Tile>| [tile.map_or(' ', |tile| glyph(tile).0), ' '].map(plain);
    tiles(game).chunks(game.view().1).map(|row| row.iter().flat_map(both).collect()).collect()
}

/// What is uppermost in each cell of the view; nothing where it is dark.
fn tiles(game: &dyn Game) -> Vec<Option<Tile>> {
    let ((rows, cols), size) = (game.view(), game.size() as i32);
    let (floor, sprites) = (game.floor(game.level()).unwrap_or_default(), game.sprites());
    let corner = game.position() - Position::new(rows as i32 / 2, cols as i32 / 2);
    let tile = |i: usize| {
        let at = corner + Position::new((i / cols) as i32, (i % cols) as i32);
        if at.row.min(at.col) < 0 || at.row.max(at.col) >= size {
            return Some(Tile::OutOfBounds);
        }
        let cell = floor.get((at.row * size + at.col) as usize).filter(|cell| cell.is_seen())?;
        let sprite = sprites.iter().rev().find(|sprite| sprite.position == at);
        sprite.map(|sprite| sprite.tile).or(cell.item).or(Some(cell.ground))
    };
    (0..rows * cols).map(tile).collect()
}

/// How many pixels a tile can have; a sentence if the terminal is too small.
fn fitting(
    (view_rows, view_cols): (usize, usize),
    cols: usize,
    rows: usize,
) -> Result<usize, String> {
    let pixels = (cols.saturating_sub(PANEL + 1) / view_cols).min(2 * rows / view_rows);
    if pixels >= LEAST {
        return Ok(pixels.min(TILE));
    }
    let (least_cols, least_rows) = (view_cols * LEAST + PANEL + 1, (view_rows * LEAST).div_ceil(2));
    Err(format!(
        "The game needs {least_cols} columns and {least_rows} rows; this window has {cols} and \
         {rows}. Make it larger, or leave by Esc and Enter."
    ))
}

/// Gives the terminal back, as well as it goes.
fn restore() {
    let _ = execute!(stdout(), ResetColor, Show, LeaveAlternateScreen);
    let _ = terminal::disable_raw_mode();
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore();
        let _ = panic::take_hook();
    }
}
