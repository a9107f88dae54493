//! What the player carries. Source: `Inventory` in `craftax/craftax_state.py`.

/// What the player carries, 0 to 99 of each.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[allow(missing_docs)] // named as in the game
pub struct Inventory {
    pub wood: i32,
    pub stone: i32,
    pub coal: i32,
    pub iron: i32,
    pub diamond: i32,
    pub sapphire: i32,
    pub ruby: i32,
    pub sapling: i32,
    pub torches: i32,
    pub arrows: i32,
    pub books: i32,
    /// 0 none, 1 of wood, 2 of stone, 3 of iron, 4 of diamond.
    pub pickaxe: i32,
    /// 0 none, 1 of wood, 2 of stone, 3 of iron, 4 of diamond.
    pub sword: i32,
    /// 0 or 1.
    pub bow: i32,
    /// Red, green, blue, pink, cyan, yellow.
    pub potions: [i32; 6],
    /// Four pieces: 0 none, 1 of iron, 2 of diamond.
    pub armour: [i32; 4],
}

impl Inventory {
    /// Names and numbers in the order of the fields.
    pub(super) fn items(&mut self) -> [(&'static str, &mut i32); 24] {
        let [red, green, blue, pink, cyan, yellow] = &mut self.potions;
        let [a, b, c, d] = &mut self.armour;
        [
            ("wood", &mut self.wood),
            ("stone", &mut self.stone),
            ("coal", &mut self.coal),
            ("iron", &mut self.iron),
            ("diamond", &mut self.diamond),
            ("sapphire", &mut self.sapphire),
            ("ruby", &mut self.ruby),
            ("sapling", &mut self.sapling),
            ("torches", &mut self.torches),
            ("arrows", &mut self.arrows),
            ("books", &mut self.books),
            ("pickaxe", &mut self.pickaxe),
            ("sword", &mut self.sword),
            ("bow", &mut self.bow),
            ("potions", red),
            ("potions", green),
            ("potions", blue),
            ("potions", pink),
            ("potions", cyan),
            ("potions", yellow),
            ("armour", a),
            ("armour", b),
            ("armour", c),
            ("armour", d),
        ]
    }
}
