//! Pictures of one environment as RGB pixels: games as the original draws them, bodies by a small ray
//! caster.

mod bodies;
mod camera;
mod shapes;
mod vector;

use dalenet_envs::View;
use dalenet_lab::play::craftax::Painter;
use std::sync::LazyLock;

/// Red, green and blue of height×width pixels, row by row.
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<u8>,
}

/// What there is to draw of an environment; nothing if it has no picture. The size is for bodies:
/// games have theirs.
pub fn of(view: View<'_>, [width, height]: [usize; 2]) -> Option<Picture> {
    static PAINTER: LazyLock<Painter> = LazyLock::new(Painter::new);
    match view {
        View::Nothing => None,
        View::Game(game) => {
            let drawn = PAINTER.picture(game);
            let pixels = drawn.colours.iter().flatten().map(|x| x.round().clamp(0.0, 255.0) as u8);
            Some(Picture { width: drawn.cols, height: drawn.rows, pixels: pixels.collect() })
        }
        View::Bodies(bodies) => {
            Some(Picture { width, height, pixels: bodies::draw(&bodies, width, height) })
        }
    }
}
