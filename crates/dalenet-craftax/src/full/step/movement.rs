//! Steps and ladders. Source: `move_player` and `change_floor` in `craftax/game_logic.py`.

use crate::full::{
    Achievement, Action, Direction, FLOORS, GRAVEYARD, Item, State, creatures::LAND,
};

/// The achievement of reaching each floor: `LEVEL_ACHIEVEMENT_MAP` in `craftax/constants.py`.
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

impl State {
    pub(super) fn change_floor(&mut self, action: Action) {
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

    /// `move_player`.
    pub(super) fn walk(&mut self, action: Action) {
        let code = (action as u32).wrapping_sub(Action::Left as u32);
        let Some(direction) = Direction::from_code(code) else { return };
        let target = self.position + direction.way();
        if self.is_free(target, LAND) {
            self.position = target;
        }
        self.direction = direction;
    }
}
