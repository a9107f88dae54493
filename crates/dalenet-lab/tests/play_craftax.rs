//! Oracle: craftax 1.6.1, its textures and its renderers (`scripts/craftax_tiles.py`,
//! `scripts/craftax_pictures.py`), and the states of the game that is recorded.

use base64::{Engine, prelude::BASE64_STANDARD};
use dalenet_craftax::{
    Key, classic, full,
    render::{Game, LICENCE, TILE, Tile},
};
use dalenet_lab::play::{
    Caption,
    craftax::{Painter, Recording},
};
use serde_json::Value;
use std::{fs, io::Read};

const CRAFTAX: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dalenet-craftax");

#[test]
fn tiles_are_craftaxs_files() {
    let lines = fs::read_to_string(format!("{CRAFTAX}/assets/tiles.txt")).unwrap();
    assert_eq!(lines.lines().count(), Tile::ALL.len());
    let painter = Painter::new();
    for (tile, line) in Tile::ALL.into_iter().zip(lines.lines()) {
        let [name, file, digest] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(name, Tile::NAMES[tile as usize]);
        let stem = file.trim_end_matches(".png").replace(['-', '_'], "");
        assert!(stem == name.to_lowercase() || file == "-", "{line}");
        let pixels = (0..TILE * TILE).flat_map(|i| painter.texel(tile, i / TILE, i % TILE));
        let pixels: Vec<u8> = pixels.collect();
        assert_eq!(format!("{:08x}", crc32fast::hash(&pixels)), digest, "{name}");
    }
}

/// The cases of `scripts/craftax_fixtures.py` from key `first` on: blocks, creatures, lights and hours
/// of chance.
fn cases<G>(name: &str, first: u32, mut restored: impl FnMut(Key, &[u32]) -> G) -> Vec<G> {
    let bytes = fs::read(format!("{CRAFTAX}/tests/fixtures/{name}_states.bin")).unwrap();
    let words = bytes.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
    let words: Vec<u32> = words.collect();
    let (mut rest, mut cases) = (&words[..], Vec::new());
    while let [seed, size, steps, following @ ..] = rest {
        let (saved, following) = following.split_at(*size as usize);
        if *seed >= first {
            cases.push(restored(Key::new(*seed), saved));
        }
        // Actions are bytes, hashes two words.
        rest = &following[(steps / 4 + 2 * steps) as usize..];
    }
    cases
}

fn classic_cases() -> Vec<classic::State> {
    cases("classic", 0, |key, words| {
        let mut state = classic::State::new(key);
        state.restore(words);
        state
    })
}

/// Stored are what floors share and the player's floor, its lights as bytes.
fn full_cases() -> Vec<full::State> {
    const SHARED: usize = 107;
    const MAPS: usize = 576 + 576 + 72;
    cases("full", 181, |key, words| {
        let (mut state, mut all) = (full::State::new(key), Vec::new());
        state.save(&mut all);
        let (shared, floor) = words.split_at(SHARED);
        let (maps, floor) = floor.split_at(MAPS);
        let (lights, creatures) = floor.split_at(full::SIZE * full::SIZE / 4);
        let lights = lights.iter().flat_map(|word| word.to_le_bytes());
        let lights = lights.map(|light| (f32::from(light) / 255.0).to_bits());
        let maps = maps.iter().copied().chain(lights);
        let floor: Vec<u32> = maps.chain(creatures.iter().copied()).collect();
        let start = SHARED + words[0] as usize * floor.len();
        all[..SHARED].copy_from_slice(shared);
        all[start..start + floor.len()].copy_from_slice(&floor);
        state.restore(&all);
        state
    })
}

/// Each pixel of each channel is as in the original, up to what light as a byte rounds away.
fn pictures_are<G: Game>(name: &str, cases: &[G]) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pictures");
    let file = fs::File::open(format!("{file}/{name}.png")).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut wanted = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut wanted).unwrap();
    let (rows, cols) = cases[0].view();
    let mut pictures = wanted.chunks_exact(3 * rows * cols * TILE * TILE);
    let painter = Painter::new();
    for (i, (wanted, state)) in pictures.by_ref().zip(cases).enumerate() {
        let picture = painter.picture(state);
        assert_eq!((picture.rows, picture.cols), (rows * TILE, cols * TILE));
        let found = picture.colours.as_flattened().iter();
        for (place, (&found, &wanted)) in found.zip(wanted).enumerate() {
            let (row, col) = (place / 3 / picture.cols, place / 3 % picture.cols);
            let near = (found - f32::from(wanted)).abs() <= 1.01;
            assert!(near, "{name} {i} at row {row}, column {col}: {found}, not {wanted}");
        }
    }
    assert!(pictures.next().is_none());
}

#[test]
fn classic_pictures_are_craftaxs() {
    pictures_are("classic", &classic_cases());
}

#[test]
fn full_pictures_are_craftaxs() {
    pictures_are("full", &full_cases());
}

/// What a page holds, decoded.
struct Decoded {
    data: Value,
    floors: Vec<u8>,
    changes: Vec<u32>,
    series: Vec<u8>,
}

impl Decoded {
    fn of(page: &str) -> Self {
        let (_, rest) = page.split_once("type=\"application/json\">").unwrap();
        let data: Value = serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap();
        let bytes = |name: &str| {
            let deflated = BASE64_STANDARD.decode(data[name].as_str().unwrap()).unwrap();
            let mut bytes = Vec::new();
            flate2::read::ZlibDecoder::new(&deflated[..]).read_to_end(&mut bytes).unwrap();
            bytes
        };
        let words = bytes("changes");
        let words = words.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap()));
        let (floors, changes, series) = (bytes("floors"), words.collect(), bytes("series"));
        Self { data, floors, changes, series }
    }

    fn at(&self, field: usize, frame: usize) -> u8 {
        self.series[field * self.data["frames"].as_u64().unwrap() as usize + frame]
    }

    /// Applies the changes of a frame, forwards.
    fn go_to(&mut self, frame: usize) {
        for change in self.changes.chunks(3).filter(|change| change[0] as usize == frame) {
            let byte = &mut self.floors[change[1] as usize];
            assert_eq!(u32::from(*byte), change[2] >> 8);
            *byte = change[2] as u8;
        }
    }
}

/// A state of a game, as the test looks at it: the planes of a floor, where the player is and which
/// floor that is, and what the numbers are.
type Seen = (Vec<u8>, [u8; 3], Vec<i32>);

/// Plays at random, and compares every frame of the page with the state then.
fn pages_tell_the_game<G: Game + Clone + 'static>(
    mut game: G,
    seen: impl Fn(&G) -> Seen,
) -> String {
    let mut recording = Recording::of(Box::new(game.clone()), Caption::default());
    let (mut states, mut rewards, mut unlocked) = (vec![game.clone()], vec![0.0], Vec::new());
    let choices = game.actions().len() as i32;
    for step in 0..400 {
        let key = Key::new(99).child(step);
        // Mostly moves and `Do`.
        let most = if key.uniform(9) < 0.7 { 6 } else { choices };
        let action = key.integer(0, 0, most) as usize;
        let outcome = game.act(action);
        assert_eq!(recording.act(action), outcome);
        states.push(game.clone());
        rewards.push(outcome.reward);
        unlocked.push(action);
        if outcome.over {
            break;
        }
    }
    let page = recording.page();
    let mut decoded = Decoded::of(&page);
    assert_eq!(decoded.data["frames"], states.len());
    let cells = game.size() * game.size();
    let counts = 6 + 4 * decoded.data["sprites"].as_u64().unwrap() as usize;
    for (frame, state) in states.iter().enumerate() {
        decoded.go_to(frame);
        let (planes, place, numbers) = seen(state);
        assert_eq!([0, 1, 2].map(|field| decoded.at(field, frame)), place, "{frame}");
        let levels = decoded.data["levels"].as_array().unwrap();
        let slot = levels.iter().position(|level| *level == place[0]).unwrap();
        assert!(decoded.floors[3 * cells * slot..][..3 * cells] == planes, "{frame}");
        for (i, number) in numbers.into_iter().enumerate() {
            assert_eq!(i32::from(decoded.at(counts + i, frame)), number, "{frame} {i}");
        }
        if frame > 0 {
            assert_eq!(usize::from(decoded.at(5, frame)), unlocked[frame - 1]);
        }
        for (i, achievement) in decoded.data["achievements"].as_array().unwrap().iter().enumerate()
        {
            let there = achievement[1].as_u64().is_some_and(|at| at as usize <= frame);
            assert_eq!(there, state.unlocked()[i], "{frame} {achievement}");
        }
        // The player is the first sprite.
        assert_eq!([1, 2].map(|i| decoded.at(6 + i, frame)), [place[1], place[2]]);
    }
    let numbers = BASE64_STANDARD.decode(decoded.data["rewards"].as_str().unwrap()).unwrap();
    let numbers = numbers.chunks(4).map(|word| f32::from_le_bytes(word.try_into().unwrap()));
    let (mut ret, numbers) = (0.0, numbers.collect::<Vec<_>>());
    for (pair, reward) in numbers.chunks(2).zip(rewards) {
        ret += reward;
        assert_eq!(pair, [reward, ret]);
    }
    let frames = states.len();
    let first = Recording::of(Box::new(states.swap_remove(0)), Caption::default()).page();
    let grown = page.len() - first.len();
    assert!(frames > 50 && grown < 60 * frames, "{grown} bytes of {frames} steps");
    page
}

#[test]
fn a_page_tells_the_classic_game() {
    let page = pages_tell_the_game(classic::State::new(Key::new(5)), |state| {
        let blocks = state.map.0.as_flattened().iter().map(|&block| block as u8);
        let mut planes: Vec<u8> = blocks.collect();
        planes.resize(2 * planes.len(), 0);
        planes.resize(planes.len() / 2 * 3, 255);
        let place = [0, state.position.row as u8, state.position.col as u8];
        let i = &state.inventory;
        let things = [i.sapling, i.wood, i.stone];
        (
            planes,
            place,
            [vec![state.health, state.food, state.drink], vec![state.energy], things.to_vec()]
                .concat(),
        )
    });
    loads_nothing(&page);
}

#[test]
fn a_page_tells_the_full_game() {
    // On the second floor below ground, whose ladder is open.
    let (mut state, mut words) = (full::State::new(Key::new(4)), Vec::new());
    state.save(&mut words);
    let place = state.position;
    state.restore(&words);
    words[0] = 2;
    let ladder = state.visited(2).unwrap().up_ladder;
    (words[1], words[2]) = (ladder.row as u32, ladder.col as u32);
    assert_ne!(place, ladder);
    state.restore(&words);
    let page = pages_tell_the_game(state, |state| {
        let floor = state.floor();
        let blocks = floor.map.0.as_flattened().iter().map(|&block| block as u8);
        // Items follow the 37 blocks; torch, ladder down, ladder up, ladder down that is closed.
        let open = floor.killed >= 8;
        let items = floor.items.0.as_flattened().iter().map(|&item| match item as u8 {
            0 => 0,
            2 if !open => 37 + 4,
            item => 37 + item,
        });
        let lights = floor.light.0.as_flattened().iter().map(|light| (255.0 * light).round() as u8);
        let planes = blocks.chain(items).chain(lights).collect();
        let place = [state.level as u8, state.position.row as u8, state.position.col as u8];
        let health = if state.health <= 0.0 { 0 } else { state.health.floor().max(1.0) as i32 };
        (planes, place, vec![health, state.food, state.drink, state.energy, state.mana])
    });
    loads_nothing(&page);
}

fn loads_nothing(page: &str) {
    assert!(page.contains(LICENCE.lines().next().unwrap()) && page.contains("MERCHANTABILITY"));
    assert!(!page.contains("://"));
    for loader in ["src=", "@import", "url(", "fetch(", "<link rel=\"stylesheet"] {
        assert!(!page.contains(loader), "{loader}");
    }
    assert!(page.len() < 300_000, "{}", page.len());
}
