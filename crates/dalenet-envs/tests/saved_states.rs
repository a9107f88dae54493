//! Oracle: states that version 0.1 saved. Checkpoints of runs hold them, so their layout stays.

use dalenet_envs::{Actions, Options, Space, make};

/// Name, first state word, number of state words and, where the bits do not depend on the
/// machine's vector instructions, FNV-1a of all of them, as version 0.1 saved 19 environments after
/// 40 steps of [`play`].
const SAVED: [(&str, u32, usize, Option<u64>); 12] = [
    ("ant", 0x1f29_dbd6, 11_276, None),
    ("half-cheetah", 0xce9b_84ff, 8_502, None),
    ("hopper", 0xe17e_a4df, 5_082, None),
    ("humanoid", 0xb363_ba42, 22_182, None),
    ("inverted-double-pendulum", 0x8d05_1e6f, 3_752, None),
    ("inverted-pendulum", 0xb7e4_37b5, 2_536, None),
    ("reacher", 0x684d_f64f, 3_942, None),
    ("walker2d", 0xfe66_7831, 8_502, None),
    ("cart-pole", 0x4fae_2bcc, 560, Some(0x29cf_d42a_5954_e833)),
    ("bandit", 0xbd6e_a7ab, 427, Some(0x4dd8_9727_31e0_9abe)),
    ("craftax", 0xc13a_e648, 966_026, Some(0xcba3_525d_fb1b_b6c0)),
    ("craftax-classic", 0xe4a4_8de1, 83_476, Some(0x2292_5e8f_825b_ef4a)),
];

fn play(name: &str) -> Vec<u32> {
    let options = Options { episode_length: Some(25), ..Options::default() };
    let mut env = make(name, 19, &options).unwrap();
    env.reset(2);
    let len = 19 * env.action_space().len();
    for t in 0..40 {
        let number = |i: usize| ((i * 7 + t * 3) % 11) as f32 / 5.0 - 1.0;
        match *env.action_space() {
            Space::Continuous { .. } => {
                let actions: Vec<f32> = (0..len).map(number).collect();
                env.step(Actions::Continuous(&actions)).unwrap();
            }
            Space::Discrete { n } => {
                let actions: Vec<u32> = (0..len).map(|i| ((i * 7 + t * t) % n) as u32).collect();
                env.step(Actions::Discrete(&actions)).unwrap();
            }
        }
    }
    env.save()
}

#[test]
fn states_are_saved_as_by_version_0_1() {
    for (name, first, len, bits) in SAVED {
        let saved = play(name);
        assert_eq!((saved[0], saved.len()), (first, len), "{name}");
        let fnv = |hash: u64, &word: &u32| (hash ^ u64::from(word)).wrapping_mul(0x100_0000_01b3);
        let hash = saved.iter().fold(0xcbf2_9ce4_8422_2325, fnv);
        println!("{name}: {hash:#x}");
        // Sines, cosines and logarithms are those of glibc.
        if cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
            assert!(bits.is_none_or(|bits| bits == hash), "{name}: {hash:#x}");
        }
    }
}
