//! Which examples are held out is the same on every machine and in every version. The orders
//! were drawn by `fixtures/make_fixtures.py`, which has a ChaCha8 of its own.

use dalenet_data::Split;

#[test]
fn the_held_out_examples_are_those_of_an_independent_implementation() {
    let lines = include_str!("fixtures/shuffled.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        let (drawn, order) = line.split_once(": ").unwrap();
        let (length, seed) = drawn.split_once(' ').unwrap();
        let length: usize = length.parse().unwrap();
        let order: Vec<u32> = order.split(' ').map(|n| n.parse().unwrap()).collect();

        let all = Split::from_bytes(vec![0; length], 1, vec![0; length]).unwrap();
        let (train, validation) = all.split_off(length / 2, seed.parse().unwrap()).unwrap();
        let rows = [validation.rows(), train.rows()].concat();
        assert_eq!(rows[..8], order, "{line}");
    }
}
