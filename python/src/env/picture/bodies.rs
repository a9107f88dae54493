//! Bodies over a chequered ground, with the shadows of one lamp far away.

use super::{
    camera::Camera,
    shapes::{Hit, Placed, Ray},
    vector::{Vector, add, dot, scale, unit},
};
use dalenet_envs::Bodies;
use rayon::prelude::*;

const SKY: Vector = [233.0, 239.0, 244.0];
const TILES: [Vector; 2] = [[211.0, 219.0, 228.0], [186.0, 197.0, 208.0]];
/// Okabe and Ito's palette: the first body, then the others in turn.
const COLOURS: [Vector; 7] = [
    [230.0, 159.0, 0.0],
    [0.0, 114.0, 178.0],
    [86.0, 180.0, 233.0],
    [0.0, 158.0, 115.0],
    [213.0, 94.0, 0.0],
    [204.0, 121.0, 167.0],
    [102.0, 194.0, 165.0],
];
/// What is fixed to the world.
const FIXED: Vector = [138.0, 148.0, 163.0];
const TO_LAMP: Vector = [0.35, -0.45, 0.82];
const AMBIENT: f64 = 0.45;
/// Where the ground fades into the sky, in metres.
const FAR: f64 = 25.0;

/// Red, green and blue of height×width pixels, row by row.
pub fn draw(bodies: &Bodies<'_>, width: usize, height: usize) -> Vec<u8> {
    let (camera, scene) = (Camera::of(bodies), Placed::all(bodies));
    let aspect = width as f64 / height as f64;
    let place = |i: usize, of: usize| (2 * i + 1) as f64 / of as f64 - 1.0;
    let mut pixels = vec![0; 3 * width * height];
    pixels.par_chunks_mut(3 * width).enumerate().for_each(|(row, pixels)| {
        for (col, pixel) in pixels.chunks_exact_mut(3).enumerate() {
            let ray = camera.ray(place(col, width), -place(row, height), aspect);
            let colour = colour(&scene, ray).map(|x| x.round().clamp(0.0, 255.0) as u8);
            pixel.copy_from_slice(&colour);
        }
    });
    pixels
}

fn colour(scene: &[Placed<'_>], ray: Ray) -> Vector {
    let nearest = scene
        .iter()
        .filter_map(|placed| Some((placed.hit(ray)?, of_link(placed.shape.link))))
        .min_by(|(a, _), (b, _)| a.t.total_cmp(&b.t));
    let ground = ground(ray);
    match nearest {
        Some((hit, colour)) if ground.is_none_or(|ground| hit.t < ground.t) => {
            lit(scene, ray, hit, colour)
        }
        _ => ground.map_or(SKY, |hit| {
            let seen = lit(scene, ray, hit, tile(ray.at(hit.t)));
            let clear = (-(hit.t / FAR).powi(2)).exp();
            add(scale(seen, clear), scale(SKY, 1.0 - clear))
        }),
    }
}

fn of_link(link: Option<usize>) -> Vector {
    link.map_or(FIXED, |link| COLOURS[link % COLOURS.len()])
}

fn ground(ray: Ray) -> Option<Hit> {
    let t = -ray.origin[2] / ray.direction[2];
    (ray.direction[2] < 0.0 && t > 0.0).then_some(Hit { t, normal: [0.0, 0.0, 1.0] })
}

/// Squares of a metre.
fn tile([x, y, _]: Vector) -> Vector {
    TILES[((x.floor() + y.floor()).rem_euclid(2.0)) as usize]
}

fn lit(scene: &[Placed<'_>], ray: Ray, hit: Hit, colour: Vector) -> Vector {
    let lamp = unit(TO_LAMP);
    let origin = add(ray.at(hit.t), scale(hit.normal, 1e-4));
    let shadow = Ray { origin, direction: lamp };
    let falls = dot(hit.normal, lamp).max(0.0);
    let is_dark = falls == 0.0 || scene.iter().any(|placed| placed.hit(shadow).is_some());
    let direct = if is_dark { 0.0 } else { falls / lamp[2] };
    scale(colour, (AMBIENT + (1.0 - AMBIENT) * direct).min(1.2))
}
