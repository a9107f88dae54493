//! Figures as PNG pictures, for programs that take no SVG.

use super::canvas::MARK;
use crate::Error;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb::Database},
};
use std::sync::{Arc, LazyLock};

/// Pixels of a picture for each of the figure's: 1280 in its width, 300 a inch at 4¼ inches.
const SCALE: f32 = 2.0;

/// DejaVu Sans, regular and bold: Latin, Greek and the signs that figures use. Pictures are the same on every
/// machine, and need no fonts to be installed.
const FONTS: [&[u8]; 2] =
    [include_bytes!("fonts/DejaVuSans.ttf"), include_bytes!("fonts/DejaVuSans-Bold.ttf")];

static OPTIONS: LazyLock<Options<'_>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    FONTS.iter().for_each(|font| fonts.load_font_data(font.to_vec()));
    fonts.set_sans_serif_family("DejaVu Sans");
    Options { font_family: "DejaVu Sans".into(), fontdb: Arc::new(fonts), ..Options::default() }
});

/// An SVG as the bytes of a PNG.
pub fn picture(svg: &str) -> Result<Vec<u8>, Error> {
    let failed = |cause: &dyn std::fmt::Display| {
        Error::Config(format!("a figure cannot be made a picture: {cause}"))
    };
    let tree = Tree::from_str(svg, &OPTIONS).map_err(|cause| failed(&cause))?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed(&"it is empty"))?;
    let mut pixels =
        Pixmap::new(size.width(), size.height()).ok_or_else(|| failed(&"it is empty"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    encoded(&pixels).map_err(|cause| failed(&cause))
}

/// The PNG, with the mark by which it may be replaced.
fn encoded(pixels: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width(), pixels.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.add_text_chunk("Software".into(), MARK.into())?;
    // Figures have a white ground, so no pixel is transparent.
    let rgb: Vec<u8> =
        pixels.data().chunks_exact(4).flat_map(|pixel| pixel[..3].to_vec()).collect();
    encoder.write_header()?.write_image_data(&rgb)?;
    Ok(bytes)
}
