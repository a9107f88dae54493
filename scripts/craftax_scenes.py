"""States of the full game that put one part of it to the test, for `craftax_fixtures.py`.

Each of SCENES is a floor, and a function of a state of chance on that floor and a NumPy generator.
It gives the state changed and what the player does there: well and alone, in the middle of the
floor, on a square of path 11 cells wide.
"""

import numpy as np
from craftax.craftax.constants import Action, BlockType, ItemType

A, B, I = Action, BlockType, ItemType
TURNS = [A.LEFT, A.RIGHT, A.UP, A.DOWN]
WAYS = np.array([[0, -1], [0, 1], [-1, 0], [1, 0]])
MIDDLE = np.array([24, 24])
KINDS = ("passive_mobs", "melee_mobs", "ranged_mobs", "mob_projectiles", "player_projectiles")


def stand(state, blocks=(), **changes):
    """The player in the middle, with blocks to the left and right, above and below."""
    level = int(state.player_level)
    world, items = np.array(state.map[level]), np.array(state.item_map[level])
    world[19:30, 19:30], items[19:30, 19:30] = B.PATH.value, I.NONE.value
    for way, block in zip(WAYS, blocks):
        world[tuple(MIDDLE + way)] = block.value
    for kind in KINDS:
        mobs = getattr(state, kind)
        changes[kind] = mobs.replace(mask=mobs.mask.at[level].set(False))
    state = state.replace(
        player_position=MIDDLE, player_direction=A.LEFT.value,
        map=state.map.at[level].set(world), item_map=state.item_map.at[level].set(items),
        mob_map=state.mob_map.at[level].set(False), is_sleeping=False, is_resting=False,
        player_health=np.float32(8), player_food=8, player_drink=8, player_energy=8, timestep=50,
        boss_progress=0, achievements=state.achievements & False)
    return state.replace(**changes)


def put(state, kind, slot, way, species, health=1.0, distance=1, flies=None):
    """A creature or projectile beside the player, in one of the four ways."""
    level, at = state.player_level, MIDDLE + distance * WAYS[way]
    mobs, i = getattr(state, kind), (state.player_level, slot)
    mobs = mobs.replace(
        position=mobs.position.at[i].set(at), health=mobs.health.at[i].set(health),
        mask=mobs.mask.at[i].set(True), attack_cooldown=mobs.attack_cooldown.at[i].set(0),
        type_id=mobs.type_id.at[i].set(species))
    changes = {kind: mobs}
    if flies is None:
        changes["mob_map"] = state.mob_map.at[level, at[0], at[1]].set(True)
    else:
        name = kind[:-1] + "_directions"
        changes[name] = getattr(state, name).at[i].set(WAYS[flies])
    return state.replace(**changes)


def carry(state, **things):
    return state.replace(inventory=state.inventory.replace(**things))


def each_way(*actions):
    return [a for turn in TURNS for a in (turn, *actions)]


def some(rng, actions, n=40):
    return list(rng.choice(np.array(actions, object), n))


def boss(progress):
    def scene(state, rng):
        state = stand(state, [B.NECROMANCER] * 4, boss_progress=progress,
                      boss_timesteps_to_spawn_this_round=1 - progress % 3)
        for row, block in ((19, B.GRAVE), (20, B.GRAVE2), (29, B.GRAVE3)):
            state = state.replace(map=state.map.at[8, row, 20:29].set(block.value))
        return carry(state, sword=4), [A.DO] * 12 + some(rng, [A.DO] * 3 + TURNS, 28)
    return 8, scene


def enchanting(i):
    def scene(state, rng):
        tables = [B.ENCHANTMENT_TABLE_FIRE, B.ENCHANTMENT_TABLE_ICE] * 2
        state = stand(state, tables, player_mana=21 - 13 * (i % 5 == 4),
                      player_intelligence=5, sword_enchantment=0, bow_enchantment=0,
                      armour_enchantments=rng.integers(0, [1, 3, 3, 2, 2][i % 5], 4))
        gems = rng.integers(0, 3, 2) if i % 3 == 2 else (3, 3)
        state = carry(state, ruby=gems[0], sapphire=gems[1], bow=int(i % 4 > 0), sword=i % 5,
                      armour=rng.integers(0, 3 - 2 * (i % 6 == 5), 4))
        first = [A.ENCHANT_SWORD, A.ENCHANT_ARMOUR, A.ENCHANT_BOW][i % 3]
        spells = [A.ENCHANT_SWORD, A.ENCHANT_ARMOUR, A.ENCHANT_BOW] * 2
        return state, [first] + some(rng, spells + TURNS, 39)
    return 3 + i % 2, scene


def drinking(i):
    def scene(state, rng):
        state = stand(state, player_health=np.float32(4 - i % 2), player_mana=3 + i % 3,
                      player_energy=5 - i % 4, player_strength=1 + i % 5)
        potions = list(Action)[A.DRINK_POTION_RED.value:A.DRINK_POTION_YELLOW.value + 1]
        state = carry(state, potions=np.array([2, 1, 1, 2, 1, 1]))
        return state, list(rng.permutation(potions)) + some(rng, potions + TURNS, 34)
    return i % 9, scene


def magic(i):
    def scene(state, rng):
        known = np.array([[False, False], [True, False], [False, True], [True, True]][i % 4])
        state = stand(state, player_mana=[9, 2, 1][i % 3], learned_spells=known,
                      player_intelligence=1 + i % 5, player_dexterity=1 + i % 4)
        for slot in range(3):
            state = put(state, KINDS[slot], slot % 2, slot, slot + i % 3, 9.5, 3)
        state = carry(state, books=2, bow=int(i % 4 > 0), arrows=5 * (i % 3))
        uses = [A.READ_BOOK, A.CAST_FIREBALL, A.CAST_ICEBALL, A.SHOOT_ARROW]
        first = [uses[i % 4], A.READ_BOOK, A.CAST_ICEBALL, A.CAST_FIREBALL]
        return state, first + some(rng, uses + TURNS, 36)
    return i % 8, scene


def fight(kind, species):
    """One creature that falls at the first blow, and one in good health."""
    def scene(state, rng):
        state = stand(state, player_strength=1 + species % 5, player_health=np.float32(9))
        state = put(state, kind, 0, 0, species, 0.5 / (1 + species))
        state = put(state, kind, 1, 1, species, 7.5)
        state = carry(state, sword=1 + (species + KINDS.index(kind)) % 4)
        return state, [A.DO, A.RIGHT] + some(rng, [A.DO] * 3 + TURNS, 38)
    return species % 8, scene


def shots(species):
    """Projectiles of all kinds at the player and at creatures."""
    def scene(state, rng):
        state = stand(state, player_health=np.float32(9),
                      is_sleeping=species % 3 == 0, is_resting=species % 3 == 1, player_energy=4)
        for slot in range(3):
            way = [1, 0, 3][slot]  # towards the player
            state = put(state, "mob_projectiles", slot, slot, species, 1.0, 1 + slot, way)
            kind = KINDS[(species + slot) % 3]
            state = put(state, kind, slot % 2, slot, (species + 3 * slot) % 8, 6.5, 2)
            state = put(state, "player_projectiles", slot, slot, (species + slot) % 8, 1.0, 1, slot)
        return state, [A.NOOP] * 6 + some(rng, [A.NOOP, A.DO, *TURNS], 34)
    return [8, 1, 2, 3, 4, 5, 6, 8][species], scene


def mining(i):
    def scene(state, rng):
        ores = [B.TREE, B.FIRE_TREE, B.ICE_SHRUB, B.STONE, B.STALAGMITE, B.COAL, B.IRON, B.DIAMOND,
                B.SAPPHIRE, B.RUBY, B.FURNACE, B.CRAFTING_TABLE, B.WATER, B.FOUNTAIN, B.RIPE_PLANT,
                B.GRASS, B.PLANT, B.WALL, B.NECROMANCER, B.LAVA]
        blocks = [ores[(4 * i + j) % len(ores)] for j in range(4)]
        state = stand(state, blocks, player_drink=5, player_food=4)
        return carry(state, pickaxe=i // 5), each_way(A.DO, A.DO) + each_way(*[A.DO] * 6)
    return i % 9, scene


def chests(i):
    def scene(state, rng):
        state = stand(state, [B.CHEST] * 4,
                      chests_opened=state.chests_opened.at[i % 9].set(i >= 9))
        state = carry(state, bow=0, books=0, pickaxe=i % 3, sword=i % 4)
        return state, each_way(A.DO)
    return i % 9, scene


def ladders(i):
    """Down and up again, or not where too few monsters have fallen."""
    def scene(state, rng):
        level, item = i % 9, [I.LADDER_DOWN, I.LADDER_UP, I.LADDER_DOWN][i // 9]
        state = stand(state, monsters_killed=state.monsters_killed.at[level].set([8, 3, 7][i // 9]))
        state = state.replace(item_map=state.item_map.at[level, 24, 24].set(item.value))
        steps = [[A.DESCEND, A.ASCEND], [A.ASCEND, A.DESCEND], [A.DESCEND, A.ASCEND]][i // 9]
        return state, steps + [A.DO, A.PLACE_TORCH, *steps]
    return i % 9, scene


def crafting(i):
    def scene(state, rng):
        blocks = [B.CRAFTING_TABLE, B.FURNACE if i % 4 else B.STONE]
        state = stand(state, blocks)
        names = ("wood", "stone", "coal", "iron", "diamond", "torches", "arrows")
        amounts = dict(zip(names, rng.integers(0, [3, 6, 12][i % 3], 7)))
        if i % 5 == 4:
            amounts |= {"torches": 98, "arrows": 98, "wood": 9, "stone": 9, "coal": 9}
        state = carry(state, pickaxe=i % 4, sword=(i + 1) % 4,
                      armour=rng.integers(0, 1 + i % 3, 4), **amounts)
        make = [a for a in Action if a.name.startswith("MAKE_")]
        return state, some(rng, make)
    return i % 9, scene


def building(i):
    def scene(state, rng):
        ground = [B.GRASS, B.SAND, B.PATH, B.WATER, B.LAVA, B.FIRE_GRASS, B.ICE_GRASS, B.GRAVEL,
                  B.STONE, B.DARKNESS]
        first = [B.GRASS, B.SAND, B.GRASS, B.GRAVEL, B.ICE_GRASS, B.FIRE_GRASS, B.WATER, B.GRASS,
                 B.DARKNESS][i]
        state = stand(state, [first, *rng.choice(np.array(ground, object), 3)])
        dark = state.light_map[i % 9] * np.float32(i % 2)
        items = np.array(state.item_map[i % 9])
        items[tuple(MIDDLE + WAYS[i % 4])] = i % 5
        state = state.replace(item_map=state.item_map.at[i % 9].set(items),
                              light_map=state.light_map.at[i % 9].set(dark))
        state = carry(state, wood=1 + i, stone=i, sapling=2, torches=3)
        place = [a for a in Action if a.name.startswith("PLACE_")]
        two = [place[(i + 1) % 5], place[i % 5]]
        return state, two + each_way(*two) + some(rng, place * 2 + TURNS + [A.DO], 26)
    return i % 9, scene


def edges(i):
    """Outwards at the edges and in the corners."""
    def scene(state, rng):
        row, col = [(0, 0), (0, 47), (47, 0), (47, 47), (0, 24), (47, 24), (24, 0), (24, 47)][i]
        world = np.array(state.map[i])
        world[max(row - 2, 0):row + 3, max(col - 2, 0):col + 3] = B.GRASS.value
        state = stand(state, player_position=np.array([row, col]))
        state = carry(state.replace(map=state.map.at[i].set(world)), wood=9, stone=9, sapling=9,
                      torches=9, bow=1, arrows=9, pickaxe=4)
        acts = [A.DO, A.PLACE_STONE, A.PLACE_TORCH, A.PLACE_PLANT, A.SHOOT_ARROW, A.ENCHANT_BOW]
        out = [[A.UP, A.LEFT], [A.UP, A.RIGHT], [A.DOWN, A.LEFT], [A.DOWN, A.RIGHT], [A.UP],
               [A.DOWN], [A.LEFT], [A.RIGHT]][i]
        return state, out + some(rng, out * 4 + acts)
    return i, scene


def needs(i):
    """Sleep, rest, hunger and thirst, with everything about to change."""
    def scene(state, rng):
        empty = [dict(), dict(player_food=0), dict(player_drink=0), dict(player_energy=0)][i % 4]
        state = stand(state, player_health=np.float32([8, 1, 4][i % 3]),
                      is_sleeping=i % 2 == 0, is_resting=i % 5 == 1, player_dexterity=1 + i % 5,
                      player_recover=np.float32([24, -14][i % 4 > 0]),
                      player_hunger=np.float32(25 - i % 2), player_thirst=np.float32(20 - i % 2),
                      player_fatigue=np.float32([-9, 30, 29][i % 3]), player_mana=i,
                      player_recover_mana=np.float32(28))
        state = state.replace(**({"player_energy": 4} | empty))
        if i >= 6:
            state = put(state, "melee_mobs", 0, 1, i % 8, 9.0)
        return state, some(rng, [A.NOOP] * 4 + [A.SLEEP, A.REST])
    return [0, 5, 8][i % 3], scene


def skills(i):
    def scene(state, rng):
        levels = rng.integers(1, 6, 3)
        state = stand(state, player_xp=2 + i, player_dexterity=levels[0],
                      player_strength=levels[1], player_intelligence=levels[2])
        return state, some(rng, [A.LEVEL_UP_DEXTERITY, A.LEVEL_UP_STRENGTH,
                                 A.LEVEL_UP_INTELLIGENCE], 12)
    return 0, scene


SCENES = (
    [boss(i) for i in range(8)] + [enchanting(i) for i in range(15)]
    + [drinking(i) for i in range(9)] + [magic(i) for i in range(12)]
    + [fight("passive_mobs", i) for i in range(3)] + [fight("melee_mobs", i) for i in range(8)]
    + [fight("ranged_mobs", i) for i in range(8)] + [shots(i) for i in range(8)]
    + [mining(i) for i in range(25)] + [chests(i) for i in range(14)]
    + [ladders(i) for i in range(27)] + [crafting(i) for i in range(12)]
    + [building(i) for i in range(9)] + [edges(i) for i in range(8)]
    + [needs(i) for i in range(12)] + [skills(i) for i in range(3)])
