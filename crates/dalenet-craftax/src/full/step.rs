//! One step of the game: what the player does. Source: `craftax/game_logic.py`, whose function
//! names the comments give. Where the original does odd things, so does this, to stay equal to it.

use super::{
    Achievement, Action, BOSS_HITS, Block, Direction, FLOORS, GRAVEYARD, Item, SIZE, SPAWN_TURNS,
    State, world::torch_light,
};
use crate::{
    Key, Outcome,
    classic::{NEIGHBOURS, Plant, RIPE},
    daylight,
    grid::{Grid, Position},
};

/// What reaching each floor is worth.
const ENTERED: [Achievement; FLOORS - 1] = [
    Achievement::EnterDungeon,
    Achievement::EnterGnomishMines,
    Achievement::EnterSewers,
    Achievement::EnterVault,
    Achievement::EnterTrollMines,
    Achievement::EnterFireRealm,
    Achievement::EnterIceRealm,
    Achievement::EnterGraveyard,
];
/// What a skill can rise to.
const BEST_SKILL: i32 = 5;
/// What an enchantment and a spell take of mana.
const ENCHANTMENT: i32 = 9;
const SPELL: i32 = 2;

impl State {
    /// `env.step(key, state, action)`, without starting anew after the end.
    pub fn step(&mut self, mut key: Key, action: Action) -> Outcome {
        let (before, health) = (self.achievements, self.health);
        let action = if self.sleeping || self.resting { Action::Noop } else { action };
        self.change_floor(action);
        self.craft(action);
        let drawn = key.draw();
        if action == Action::Do {
            self.interact(drawn);
        }
        self.place(action);
        self.shoot(action);
        self.cast(action);
        self.drink_potion(action);
        self.read_book(key.draw(), action);
        self.enchant(key.draw(), action);
        if self.boss_progress >= BOSS_HITS {
            self.unlock(Achievement::DefeatNecromancer);
        }
        if self.level == GRAVEYARD {
            self.boss_spawn_turns -= 1;
        }
        self.learn(action);
        self.walk(action);
        self.move_creatures(key.draw());
        self.spawn(key.draw());
        self.grow();
        self.live(action);
        self.clip();
        self.unlock_by_inventory();
        self.time += 1;
        self.light = daylight(self.time);
        self.key = key.child(1);
        let new = |a: &Achievement| self.has(*a) && !before[*a as usize];
        let unlocked: i32 = Achievement::ALL.iter().filter(|a| new(a)).map(|a| a.reward()).sum();
        Outcome {
            reward: (self.health - health).mul_add(0.1, unlocked as f32),
            over: self.is_over(),
        }
    }

    pub(super) fn unlock(&mut self, achievement: Achievement) {
        self.achievements[achievement as usize] = true;
    }

    /// `is_boss_vulnerable`.
    pub(crate) fn boss_is_vulnerable(&self) -> bool {
        let floor = self.floor();
        let mut monsters = floor.melee.iter().chain(&floor.ranged);
        !monsters.any(|mob| mob.alive) && self.boss_spawn_turns <= 0
    }

    pub(super) fn most_health(&self) -> f32 {
        (8 + self.strength) as f32
    }

    /// Of food, drink and energy.
    pub(super) fn most_need(&self) -> i32 {
        7 + 2 * self.dexterity
    }

    fn target(&self) -> Position {
        self.position + self.direction.way()
    }

    /// `is_near_block`.
    fn is_near(&self, block: Block) -> bool {
        let map = &self.floor().map;
        let around = NEIGHBOURS.iter().map(|&way| self.position + way);
        around.into_iter().any(|at| Grid::<Block, SIZE>::contains(at) && map.get(at) == block)
    }

    fn change_floor(&mut self, action: Action) {
        let floor = self.floor();
        let item = floor.items.get(self.position);
        let (cleared, level) = (floor.is_cleared(), self.level);
        if action == Action::Descend && item == Item::LadderDown && cleared && level < GRAVEYARD {
            self.enter(level + 1);
            self.position = self.floor().up_ladder;
        }
        if action == Action::Ascend && item == Item::LadderUp && level > 0 {
            self.enter(level - 1);
            self.position = self.floor().down_ladder;
        }
        if self.level > 0 {
            let achievement = ENTERED[self.level - 1];
            self.experience += i32::from(!self.has(achievement));
            self.unlock(achievement);
        }
    }

    /// `do_crafting`.
    fn craft(&mut self, action: Action) {
        use Action::*;
        let i = &self.inventory;
        // wood, stone, coal, iron, diamond
        let (wanted, costs) = match action {
            MakeWoodPickaxe => (i.pickaxe < 1, [1, 0, 0, 0, 0]),
            MakeStonePickaxe => (i.pickaxe < 2, [1, 1, 0, 0, 0]),
            MakeIronPickaxe => (i.pickaxe < 3, [1, 1, 1, 1, 0]),
            MakeDiamondPickaxe => (i.pickaxe < 4, [1, 0, 0, 0, 3]),
            MakeWoodSword => (i.sword < 1, [1, 0, 0, 0, 0]),
            MakeStoneSword => (i.sword < 2, [1, 1, 0, 0, 0]),
            MakeIronSword => (i.sword < 3, [1, 1, 1, 1, 0]),
            MakeDiamondSword => (i.sword < 4, [1, 0, 0, 0, 2]),
            MakeIronArmour => (i.armour.iter().any(|&piece| piece < 1), [0, 0, 3, 3, 0]),
            MakeDiamondArmour => (i.armour.iter().any(|&piece| piece < 2), [0, 0, 0, 0, 3]),
            MakeArrow => (i.arrows < 99, [1, 1, 0, 0, 0]),
            MakeTorch => (i.torches < 99, [1, 0, 1, 0, 0]),
            _ => return,
        };
        let needs_furnace = matches!(action, MakeIronPickaxe | MakeIronSword | MakeIronArmour);
        let has = [i.wood, i.stone, i.coal, i.iron, i.diamond];
        if !wanted
            || has.iter().zip(costs).any(|(&has, cost)| has < cost)
            || !self.is_near(Block::CraftingTable)
            || needs_furnace && !self.is_near(Block::Furnace)
        {
            return;
        }
        let i = &mut self.inventory;
        let materials = [&mut i.wood, &mut i.stone, &mut i.coal, &mut i.iron, &mut i.diamond];
        materials.into_iter().zip(costs).for_each(|(material, cost)| *material -= cost);
        let upgrade = |armour: &mut [i32; 4], to| {
            if let Some(piece) = armour.iter_mut().find(|piece| **piece < to) {
                *piece = to;
            }
        };
        match action {
            MakeWoodPickaxe => i.pickaxe = 1,
            MakeStonePickaxe => i.pickaxe = 2,
            MakeIronPickaxe => i.pickaxe = 3,
            MakeDiamondPickaxe => i.pickaxe = 4,
            MakeWoodSword => i.sword = 1,
            MakeStoneSword => i.sword = 2,
            MakeIronSword => i.sword = 3,
            MakeDiamondSword => i.sword = 4,
            MakeIronArmour => {
                upgrade(&mut i.armour, 1);
                self.unlock(Achievement::MakeIronArmour);
            }
            MakeDiamondArmour => {
                upgrade(&mut i.armour, 2);
                self.unlock(Achievement::MakeDiamondArmour);
            }
            MakeArrow => i.arrows += 2,
            _ => i.torches += 4,
        }
    }

    /// `do_action`: fights, mines, opens, eats, drinks.
    fn interact(&mut self, mut key: Key) {
        use Block::*;
        let target = self.target();
        let damage = self.damage();
        let attacked = self.attack(target, damage, true);
        let level = self.level;
        let block = self.floor().map.get(target);
        let first_chest = !self.floor().chest_opened;
        if block == Chest {
            self.floor_mut().chest_opened = true;
        }
        let hurts = block == Necromancer && level == GRAVEYARD && self.boss_is_vulnerable();
        if hurts {
            self.boss_progress += 1;
            self.boss_spawn_turns = SPAWN_TURNS;
        }
        if attacked || !Grid::<Block, SIZE>::contains(target) {
            return;
        }
        let (sapling, chest) = (key.draw(), key.draw());
        let pickaxe = self.inventory.pickaxe;
        let i = &mut self.inventory;
        let (item, left) = match block {
            Tree => (&mut i.wood, Grass),
            FireTree => (&mut i.wood, FireGrass),
            IceShrub => (&mut i.wood, IceGrass),
            Stone | Stalagmite if pickaxe >= 1 => (&mut i.stone, Path),
            Coal if pickaxe >= 1 => (&mut i.coal, Path),
            Iron if pickaxe >= 2 => (&mut i.iron, Path),
            Diamond if pickaxe >= 3 => (&mut i.diamond, Path),
            Sapphire if pickaxe >= 4 => (&mut i.sapphire, Path),
            Ruby if pickaxe >= 4 => (&mut i.ruby, Path),
            Grass if sapling.uniform(0) < 0.1 => (&mut i.sapling, Grass),
            Furnace | CraftingTable => return self.floor_mut().map.set(target, Path),
            Water | Fountain => {
                self.drink = self.most_need().min(self.drink + 1);
                self.thirst = 0.0;
                return self.unlock(Achievement::CollectDrink);
            }
            RipePlant => {
                self.floor_mut().map.set(target, Block::Plant);
                let eaten = self.plants.iter().position(|plant| plant.position == target);
                self.plants[eaten.unwrap_or(0)].age = 0;
                self.eat(4);
                return self.unlock(Achievement::EatPlant);
            }
            Chest => {
                self.floor_mut().map.set(target, Path);
                self.loot(chest, first_chest);
                return self.unlock(Achievement::OpenChest);
            }
            Necromancer if hurts => return self.unlock(Achievement::DamageNecromancer),
            _ => return,
        };
        *item += 1;
        self.floor_mut().map.set(target, left);
    }

    pub(super) fn eat(&mut self, food: i32) {
        self.food = self.most_need().min(self.food + food);
        self.hunger = 0.0;
    }

    /// `add_items_from_chest`.
    fn loot(&mut self, mut key: Key, first: bool) {
        let (level, i) = (self.level, &mut self.inventory);
        let [torch, torches, ore, kind, ores, potion, colour, potions] =
            std::array::from_fn(|_| key.draw());
        let [arrow, arrows, tool, which, pickaxe, sword] = std::array::from_fn(|_| key.draw());
        if torch.uniform(0) < 0.6 {
            i.torches += torches.integer(0, 4, 8);
        }
        if ore.uniform(0) < 0.6 {
            match kind.choice([0.3, 0.3, 0.15, 0.125, 0.125]) {
                0 => i.coal += ores.integer(0, 1, 4),
                1 => i.iron += ores.integer(0, 1, 3),
                2 => i.diamond += 1,
                3 => i.sapphire += 1,
                _ => i.ruby += 1,
            }
        }
        if potion.uniform(0) < 0.5 {
            i.potions[colour.integer(0, 0, 6) as usize] += potions.integer(0, 1, 3);
        }
        if arrow.uniform(0) < 0.25 {
            i.arrows += arrows.integer(0, 1, 5);
        }
        let quality = |key: Key| 1 + key.choice([0.4, 0.3, 0.2, 0.1]).min(3) as i32;
        if tool.uniform(0) < 0.2 {
            match which.integer(0, 0, 2) {
                0 => i.pickaxe = i.pickaxe.max(quality(pickaxe)),
                _ => i.sword = i.sword.max(quality(sword)),
            }
        }
        match level {
            1 if first => i.bow = 1,
            3 | 4 if first => i.books += 1,
            _ => (),
        }
    }

    /// `place_block`.
    fn place(&mut self, action: Action) {
        let target = self.target();
        if !Grid::<Block, SIZE>::contains(target) || self.in_creature(target) {
            return;
        }
        let floor = self.floor();
        let (below, bare) = (floor.map.get(target), floor.items.get(target) == Item::None);
        let open = bare && !below.is_solid();
        let i = &mut self.inventory;
        let (item, cost, block, achievement) = match action {
            Action::PlaceTable if open => {
                (&mut i.wood, 2, Block::CraftingTable, Achievement::PlaceTable)
            }
            Action::PlaceFurnace if open => {
                (&mut i.stone, 1, Block::Furnace, Achievement::PlaceFurnace)
            }
            Action::PlaceStone if open || below == Block::Water => {
                (&mut i.stone, 1, Block::Stone, Achievement::PlaceStone)
            }
            Action::PlaceTorch if bare && below.holds_items() => {
                (&mut i.torches, 1, below, Achievement::PlaceTorch)
            }
            Action::PlacePlant if bare && below == Block::Grass => {
                (&mut i.sapling, 1, Block::Plant, Achievement::PlacePlant)
            }
            _ => return,
        };
        if *item < cost {
            return;
        }
        *item -= cost;
        self.floor_mut().map.set(target, block);
        self.unlock(achievement);
        match action {
            Action::PlaceTorch => self.light_torch(target),
            Action::PlacePlant => {
                if let Some(slot) = self.plants.iter_mut().find(|plant| !plant.alive) {
                    *slot = Plant { position: target, age: 0, alive: true };
                }
            }
            _ => (),
        }
    }

    fn light_torch(&mut self, at: Position) {
        let floor = self.floor_mut();
        floor.items.set(at, Item::Torch);
        for i in 0..9 {
            for j in 0..9 {
                let cell = at + Position::new(i as i32 - 4, j as i32 - 4);
                if Grid::<f32, SIZE>::contains(cell) {
                    let light = floor.light.get(cell) + torch_light(i, j);
                    floor.light.set(cell, light.clamp(0.0, 1.0));
                }
            }
        }
    }

    /// `shoot_projectile`.
    fn shoot(&mut self, action: Action) {
        let i = &mut self.inventory;
        if action != Action::ShootArrow || i.bow < 1 || i.arrows < 1 {
            return;
        }
        if self.launch(4) {
            self.inventory.arrows -= 1;
            self.unlock(Achievement::FireBow);
        }
    }

    /// `cast_spell`.
    fn cast(&mut self, action: Action) {
        let (spell, projectile, achievement) = match action {
            Action::CastFireball => (0, 2, Achievement::CastFireball),
            Action::CastIceball => (1, 3, Achievement::CastIceball),
            _ => return,
        };
        if self.mana >= SPELL && self.learned_spells[spell] && self.launch(projectile) {
            self.mana -= SPELL;
            self.unlock(achievement);
        }
    }

    /// Whether there was room for one more of the player's projectiles.
    fn launch(&mut self, species: i32) -> bool {
        let (position, way) = (self.position, self.direction.way());
        let mut shots = self.floor_mut().player_projectiles.iter_mut();
        let Some(shot) = shots.find(|shot| !shot.mob.alive) else { return false };
        (shot.mob.position, shot.mob.alive, shot.mob.species) = (position, true, species);
        shot.way = way;
        true
    }

    fn drink_potion(&mut self, action: Action) {
        let colour = (action as usize).wrapping_sub(Action::DrinkPotionRed as usize);
        if self.inventory.potions.get(colour).is_none_or(|&potions| potions <= 0) {
            return;
        }
        self.inventory.potions[colour] -= 1;
        self.unlock(Achievement::DrinkPotion);
        match self.potion_mapping[colour] {
            0 => self.health += 8.0,
            1 => self.health -= 3.0,
            2 => self.mana += 8,
            3 => self.mana -= 3,
            4 => self.energy += 8,
            5 => self.energy -= 3,
            _ => (),
        }
    }

    fn read_book(&mut self, key: Key, action: Action) {
        if action != Action::ReadBook || self.inventory.books <= 0 {
            return;
        }
        self.inventory.books -= 1;
        let [fire, ice] = self.learned_spells.map(|known| f32::from(u8::from(!known)));
        let spell = key.child(1).choice([fire / (fire + ice), ice / (fire + ice)]);
        // Who knows both learns nothing new.
        self.unlock(match spell {
            0 => Achievement::LearnFireball,
            _ => Achievement::LearnIceball,
        });
        if let Some(known) = self.learned_spells.get_mut(spell) {
            *known = true;
        }
    }

    fn enchant(&mut self, key: Key, action: Action) {
        let block = self.floor().map.get(self.target());
        let i = &mut self.inventory;
        let (element, gems) = match block {
            Block::EnchantmentTableFire => (1, &mut i.ruby),
            Block::EnchantmentTableIce => (2, &mut i.sapphire),
            _ => return,
        };
        if self.mana < ENCHANTMENT || *gems < 1 {
            return;
        }
        match action {
            Action::EnchantBow if i.bow > 0 => self.bow_enchantment = element,
            Action::EnchantSword if i.sword > 0 => {
                self.sword_enchantment = element;
                self.achievements[Achievement::EnchantSword as usize] = true;
            }
            Action::EnchantArmour if i.armour.iter().sum::<i32>() > 0 => {
                let pieces = &mut self.armour_enchantments;
                let bare = pieces.contains(&0);
                let eligible = pieces.map(|piece| match bare {
                    true => piece == 0,
                    false => piece != element,
                });
                let chosen = key.child(1).choice(eligible.map(|yes| f32::from(u8::from(yes))));
                pieces[chosen.min(3)] = element;
                self.achievements[Achievement::EnchantArmour as usize] = true;
            }
            _ => return,
        }
        *gems -= 1;
        self.mana -= ENCHANTMENT;
    }

    /// `level_up_attributes`.
    fn learn(&mut self, action: Action) {
        let skill = match action {
            Action::LevelUpDexterity => &mut self.dexterity,
            Action::LevelUpStrength => &mut self.strength,
            Action::LevelUpIntelligence => &mut self.intelligence,
            _ => return,
        };
        if self.experience >= 1 && *skill < BEST_SKILL {
            *skill += 1;
            self.experience -= 1;
        }
    }

    /// `move_player`.
    fn walk(&mut self, action: Action) {
        let code = (action as u32).wrapping_sub(Action::Left as u32);
        let Some(direction) = Direction::from_code(code) else { return };
        let target = self.position + direction.way();
        if self.is_free(target, super::creatures::LAND) {
            self.position = target;
        }
        self.direction = direction;
    }

    /// `update_plants`.
    fn grow(&mut self) {
        for i in 0..self.plants.len() {
            let plant = &mut self.plants[i];
            plant.age = if plant.alive { plant.age + 1 } else { 0 };
            if plant.age >= RIPE {
                let at = plant.position;
                self.overworld_mut().map.set(at, Block::RipePlant);
            }
        }
    }

    /// `update_player_intrinsics`.
    fn live(&mut self, action: Action) {
        let most = self.most_need();
        self.sleeping |= action == Action::Sleep && self.energy < most;
        if self.sleeping && self.energy >= most {
            self.sleeping = false;
            self.unlock(Achievement::WakeUp);
        }
        self.resting |= action == Action::Rest && self.health < self.most_health();
        if self.health >= self.most_health() || self.food <= 0 || self.drink <= 0 {
            self.resting = false;
        }
        // In the graveyard nobody starves.
        let loss = i32::from(self.level != GRAVEYARD);
        let pace = 1.0 - 0.125 * (self.dexterity - 1) as f32;
        let effort = if self.sleeping { 0.5 } else { 1.0 } * pace;
        self.hunger += effort;
        if self.hunger > 25.0 {
            self.hunger = 0.0;
            self.food = 0.max(self.food - loss);
        }
        self.thirst += effort;
        if self.thirst > 20.0 {
            self.thirst = 0.0;
            self.drink = 0.max(self.drink - loss);
        }
        self.fatigue =
            if self.sleeping { (self.fatigue - 1.0).min(0.0) } else { self.fatigue + pace };
        if self.fatigue > 30.0 {
            self.fatigue = 0.0;
            self.energy = 0.max(self.energy - loss);
        }
        if self.fatigue < -10.0 {
            self.fatigue = 0.0;
            self.energy = most.min(self.energy + 1);
        }
        let well = self.food > 0 && self.drink > 0 && (self.energy > 0 || self.sleeping);
        self.recover += match (well, self.sleeping) {
            (true, true) => 2.0,
            (true, false) => 1.0,
            (false, true) => -0.5 * loss as f32,
            (false, false) => -loss as f32,
        };
        if self.recover > 25.0 {
            self.recover = 0.0;
            self.health = self.most_health().min(self.health + 1.0);
        }
        if self.recover < -15.0 {
            self.recover = 0.0;
            self.health -= 1.0;
        }
        let focus = 1.0 + 0.25 * (self.intelligence - 1) as f32;
        self.recover_mana = (self.recover_mana + if self.sleeping { 2.0 } else { 1.0 }) * focus;
        if self.recover_mana > 30.0 {
            self.recover_mana = 0.0;
            self.mana += 1;
        }
    }

    /// `clip_inventory_and_intrinsics`.
    fn clip(&mut self) {
        self.inventory.items().into_iter().for_each(|(_, item)| *item = (*item).min(99));
        self.health = self.health.max(0.0).min(self.most_health());
        let most = self.most_need();
        for need in [&mut self.food, &mut self.drink, &mut self.energy] {
            *need = (*need).max(0).min(most);
        }
        self.mana = self.mana.max(0).min(6 + 3 * self.intelligence);
    }

    /// `calculate_inventory_achievements`.
    fn unlock_by_inventory(&mut self) {
        use Achievement::*;
        let i = self.inventory;
        let found = [
            (CollectWood, i.wood > 0),
            (CollectStone, i.stone > 0),
            (CollectCoal, i.coal > 0),
            (CollectIron, i.iron > 0),
            (CollectDiamond, i.diamond > 0),
            (CollectRuby, i.ruby > 0),
            (CollectSapphire, i.sapphire > 0),
            (CollectSapling, i.sapling > 0),
            (FindBow, i.bow > 0),
            (MakeArrow, i.arrows > 0),
            (MakeTorch, i.torches > 0),
            (MakeWoodPickaxe, i.pickaxe >= 1),
            (MakeStonePickaxe, i.pickaxe >= 2),
            (MakeIronPickaxe, i.pickaxe >= 3),
            (MakeDiamondPickaxe, i.pickaxe >= 4),
            (MakeWoodSword, i.sword >= 1),
            (MakeStoneSword, i.sword >= 2),
            (MakeIronSword, i.sword >= 3),
            (MakeDiamondSword, i.sword >= 4),
        ];
        for (achievement, _) in found.into_iter().filter(|&(_, found)| found) {
            self.unlock(achievement);
        }
    }
}
