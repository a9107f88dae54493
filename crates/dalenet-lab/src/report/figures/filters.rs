//! Weights of the first layer as pictures.

use crate::{
    Error,
    report::{
        canvas::{self, WIDTH, cut},
        figure::{Figure, whose},
        palette::{EXCITATION, INHIBITION, INK},
        study::Group,
    },
    trained::Trained,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use dalenet::Shape as Image;
use maud::{PreEscaped, html};
use plotters::style::RGBColor;

/// Filters under each other.
const FILTERS: usize = 5;

/// The receptive field of the first layer's units, as an image: the whole input, or a convolution's window.
fn receptive_field(trained: &Trained) -> Option<Image> {
    let layer = &trained.network.layers()[0];
    let input = trained.preparation.output();
    let side = layer.geometry().map_or(input.height.min(input.width), |g| g.window.size);
    let whole = layer.geometry().is_some() || input.height == input.width;
    // Channels of ON and OFF are drawn as one.
    let channels =
        if trained.config.input.is_on_off() { input.channels / 2 } else { input.channels };
    (side >= 3 && whole && matches!(channels, 1 | 3)).then_some(Image {
        height: side,
        width: side,
        channels,
    })
}

/// What a p unit of the first layer adds up from each input, `W_top + W_bottom`; what it has from
/// the ON channels less what it has from the OFF channels, which excite by their absence.
fn filter(trained: &Trained, unit: usize) -> Vec<f32> {
    let layer = &trained.network.layers()[0];
    let inputs = layer.distinct_inputs();
    let mut filter = vec![0.0; inputs];
    for (row, weights) in layer.weights().iter_rows().enumerate() {
        filter[row % inputs] += weights[unit];
    }
    if !trained.config.input.is_on_off() {
        return filter;
    }
    let pixel = |pixel: &[f32]| {
        let (on, off) = pixel.split_at(pixel.len() / 2);
        on.iter().zip(off).map(|(on, off)| on - off).collect::<Vec<_>>()
    };
    filter.chunks_exact(trained.preparation.output().channels).flat_map(pixel).collect()
}

pub fn filters(
    number: usize,
    group: &Group,
    trained: &Trained,
    classes: usize,
) -> Result<Option<Figure>, Error> {
    let network = &trained.network;
    let (units, outputs) = (network.layers()[0].excitatory_units(), network.outputs());
    let Some(Image { height, width, channels }) = receptive_field(trained) else { return Ok(None) };
    let hidden = network.layers().len() > 1;
    let routed = (group.config.rule() == "ed" || !hidden) && (2..=classes).contains(&outputs);
    let columns = if routed { outputs } else { 10 }.min(units);
    let rows = FILTERS.min(units / columns);
    // One picture of all filters, two white pixels between them.
    let [high, wide] = [rows * (height + 2), columns * (width + 2)];
    let mut pixels = vec![255; high * wide * 3];
    for unit in 0..rows * columns {
        let filter = filter(trained, unit);
        let most = filter.iter().fold(f32::MIN_POSITIVE, |most, w| most.max(w.abs()));
        let corner = (unit / columns * (height + 2), unit % columns * (width + 2));
        for (i, w) in filter.chunks_exact(channels).enumerate() {
            let at = (corner.0 + i / width) * wide + corner.1 + i % width;
            let w: Vec<f32> = w.iter().map(|w| w / most).collect();
            pixels[3 * at..][..3].copy_from_slice(&tint(&w));
        }
    }
    let scale = (620.0 / wide as f64).min(if height < 10 { 10.0 } else { 3.0 });
    let [shown_wide, shown_high] = [wide, high].map(|side| (side as f64 * scale).round());
    let what = if hidden { "first-layer filters of p units" } else { "weights of the outputs" };
    let title = whose(&group.label, what);
    let (title, top) = (cut(&title, 62), if routed { 62.0 } else { 40.0 });
    let column = shown_wide / columns as f64;
    let ink = css(INK);
    let svg = html! {
        svg width=(WIDTH) height=(top + shown_high + 8.0)
            viewBox=(format!("0 0 {WIDTH} {}", top + shown_high + 8.0))
            xmlns="http://www.w3.org/2000/svg" {
            rect width="100%" height="100%" fill="#FFFFFF" {}
            text x="14" y="26" font-family="sans-serif" font-size="17" font-weight="bold"
                fill=(ink) { (title) }
            @if routed {
                @for class in 0..columns {
                    text x=(10.0 + (class as f64 + 0.5) * column) y="54" text-anchor="middle"
                        font-family="sans-serif" font-size="14" fill=(ink) { (class) }
                }
            }
            image x="10" y=(top) width=(shown_wide) height=(shown_high)
                style="image-rendering:pixelated" href=(format!(
                    "data:image/png;base64,{}",
                    STANDARD.encode(png([wide, high], &pixels)?),
                )) {}
        }
    };
    let colours = match channels {
        1 => "orange excites, blue inhibits",
        _ => "grey is zero, a colour excites in its channel",
    };
    let columns = match (routed, hidden) {
        (true, true) => "Columns are the classes whose error the units receive. ",
        (true, false) => "Columns are the classes. ",
        _ => "",
    };
    let caption = format!(
        "What each pixel adds to a unit, W_top + W_bottom: {colours}; each filter on its own \
         scale. {columns}The run with the smallest seed."
    );
    let svg = canvas::finished(&svg.into_string(), &title);
    Ok(Some(Figure { name: format!("filters-{number}"), caption, svg }))
}

/// The colour of a signed weight from −1 to 1, or of three.
fn tint(w: &[f32]) -> [u8; 3] {
    match w {
        [w] => {
            let RGBColor(r, g, b) = if *w > 0.0 { EXCITATION } else { INHIBITION };
            let mix = |full: u8| 255.0 - (255.0 - f32::from(full)) * w.abs();
            [r, g, b].map(|full| mix(full) as u8)
        }
        _ => std::array::from_fn(|c| (127.5 + 127.5 * w[c]) as u8),
    }
}

fn css(RGBColor(r, g, b): RGBColor) -> PreEscaped<String> {
    PreEscaped(format!("#{r:02X}{g:02X}{b:02X}"))
}

/// A picture of 8-bit RGB pixels, row by row.
fn png([width, height]: [usize; 2], pixels: &[u8]) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Rgb);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(pixels));
    written.map_err(|cause| Error::Config(format!("the filters cannot be drawn: {cause}")))?;
    Ok(bytes)
}
