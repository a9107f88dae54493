"""Writes worlds and lives of craftax 1.6.1 itself, for the conformance tests of dalenet-craftax.

    python -m venv craftax-env && craftax-env/bin/pip install -r scripts/craftax-requirements.txt
    craftax-env/bin/python scripts/craftax_fixtures.py [--games classic full]
        [--kinds generator worlds lives states] [--keys 0 1 2 ...] [--steps 5000] [--out DIR]

The committed files are what it writes without arguments. On keys of your own:

    craftax-env/bin/python scripts/craftax_fixtures.py --keys 1001 1002 --out my-fixtures
    DALENET_FIXTURES=my-fixtures cargo test -p dalenet-craftax --test conformance -- --nocapture

`--verbose KEY STEP` prints, for a life, every word of the state after that step beside the name of
its field, in the order in which the Rust `State::fields` gives them: to find the first field that
differs where the hashes differ.

Everything is run one environment at a time (`jax.jit`, `jax.lax.scan`): under `jax.vmap`, XLA for
the CPU of jax 0.10.2 gives wrong noise beyond the eighth row (jax-ml/jax#39103).

All files are 32-bit little-endian words. A hash is two words: the sums, modulo 2^32, of the words
times two sequences of odd weights; see `weights`. What is hashed of a step is the state, then the
observation, the reward and whether the episode is over.

    generator.bin      per key: the key, then drawn numbers in the order of `drawn`
    <game>_worlds.bin  per world: its seed, the hash of the first state, that of its observation
    <game>_lives.bin   per life: seed, steps T, T actions (a byte each), T hashes
    <game>_states.bin  per case: seed, words S of the state, T; S words, T actions, T hashes

Whether a state is one of chance or one of `craftax_scenes.py` depends on the key: of every 256 keys
in a row, the first 181 give the scenes of the full game, the others states of chance.

A life starts at `fresh(PRNGKey(seed))`. Step i draws from `split(fold_in(PRNGKey(seed), i + 1))`:
the first is the step's key, the second that of the next episode, should this one be over.
"""

import argparse
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from craftax.craftax_env import make_craftax_env_from_name
from craftax_scenes import SCENES

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE.parent / "crates/dalenet-craftax/tests/fixtures"
CHUNK = 1000


def bits(x):
    """Words of numbers, flags as 0 and 1."""
    x = jnp.asarray(x)
    if x.dtype.kind == "f":
        return jax.lax.bitcast_convert_type(x.astype(jnp.float32), jnp.uint32).reshape(-1)
    return x.astype(jnp.int32).astype(jnp.uint32).reshape(-1)


def packed(x, each):
    """`each` small codes a word, the first lowest."""
    x = jnp.asarray(x).astype(jnp.uint32).reshape(-1)
    x = jnp.pad(x, (0, -len(x) % each)).reshape(-1, each)
    shifts = jnp.arange(each, dtype=jnp.uint32) * (32 // each)
    return (x << shifts).sum(axis=1, dtype=jnp.uint32)


def bytes_of(actions):
    """Four actions a word, as many as a multiple of 4."""
    return np.asarray(actions).astype(np.uint8).view("<u4")


def rows(*columns):
    """Words of several fields, one row a creature."""
    columns = [bits(c).reshape(c.shape[0], -1) for c in map(jnp.asarray, columns)]
    return jnp.concatenate(columns, axis=1).reshape(-1)


def weights(n):
    """Two sequences of odd numbers: MurmurHash3's finaliser of 2i and 2i + 1."""
    h = np.arange(2 * n, dtype=np.uint64)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        h = ((h ^ (h >> np.uint64(shift))) * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    h = (h ^ (h >> np.uint64(16))).astype(np.uint32) | np.uint32(1)
    return h[0::2], h[1::2]


def hashed(words):
    a, b = weights(words.shape[0])
    return jnp.stack([(words * a).sum(dtype=jnp.uint32), (words * b).sum(dtype=jnp.uint32)])


def settled(state):
    """Every field in one type, as a scan needs it."""
    kinds = {"i": jnp.int32, "f": jnp.float32, "b": jnp.bool_, "u": jnp.uint32}
    return jax.tree.map(lambda x: jnp.asarray(x).astype(kinds[jnp.asarray(x).dtype.kind]), state)


class Classic:
    name = "Craftax-Classic-Symbolic-v1"
    keys = range(21)
    states = 160
    action_weights = np.array([1, 4, 4, 4, 4, 14, 0.6] + [1.0] * 10)

    @staticmethod
    def fields(s):
        """(name, words) in the order of the Rust state."""
        yield "map", packed(s.map, 4)
        yield "mob_map", packed(s.mob_map, 32)
        for name in ("player_position", "player_direction", "player_health", "player_food",
                     "player_drink", "player_energy", "is_sleeping", "player_recover",
                     "player_hunger", "player_thirst", "player_fatigue"):
            yield name, bits(getattr(s, name))
        for name in ("wood", "stone", "coal", "iron", "diamond", "sapling", "wood_pickaxe",
                     "stone_pickaxe", "iron_pickaxe", "wood_sword", "stone_sword", "iron_sword"):
            yield name, bits(getattr(s.inventory, name))
        for name in ("zombies", "cows", "skeletons", "arrows"):
            m = getattr(s, name)
            yield name, rows(m.position, m.health, m.mask, m.attack_cooldown)
        yield "arrow_directions", bits(s.arrow_directions)
        yield "growing_plants", rows(s.growing_plants_positions, s.growing_plants_age,
                                     s.growing_plants_mask)
        yield "light_level", bits(s.light_level)
        yield "achievements", packed(s.achievements, 32)
        yield "state_rng", s.state_rng.reshape(-1)
        yield "timestep", bits(s.timestep)

    @staticmethod
    def stored(s):
        """The words of a case."""
        return jnp.concatenate([w for _, w in Classic.fields(s)])

    @staticmethod
    def enriched(state, key):
        """In half of the episodes the player begins with things."""
        amounts = jax.random.randint(jax.random.fold_in(key, 7), (12,), 0, 10)
        rich = jax.random.uniform(jax.random.fold_in(key, 8)) < 0.5
        amounts = jnp.where(rich, amounts, 0)
        return state.replace(inventory=type(state.inventory)(*amounts))

    @staticmethod
    def injected(state, rng, _):
        """A state of chance, impossible ones included: edges, ripe plants, nights, last steps. And
        what the player begins by doing there."""
        blocks = [2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
        shares = [.34, .08, .1, .06, .14, .03, .03, .03, .03, .03, .04, .03, .03, .03]
        world = rng.choice(blocks, size=(64, 64), p=shares)
        edge = rng.random() < 0.5
        player = np.array([rng.choice([0, 1, 62, 63]) if edge and rng.random() < 0.7
                           else rng.integers(64) for _ in range(2)])
        world[tuple(player)] = 2
        occupied = np.zeros((64, 64), bool)

        def near(n):
            return np.clip(player + rng.integers(-6, 7, (n, 2)), 0, 63)

        def mobs(n, health, stands):
            position, mask = near(n), rng.random(n) < 0.7
            if stands:
                occupied[tuple(position[mask].T)] = True
            return state.zombies.replace(
                position=position, health=rng.integers(-1, health + 1, n), mask=mask,
                attack_cooldown=rng.integers(-2, 5, n))

        zombies, cows, skeletons = mobs(3, 5, True), mobs(3, 3, True), mobs(2, 3, True)
        arrows = mobs(3, 0, False)
        occupied[tuple(player)] = False
        plants, planted = near(10), rng.random(10) < 0.6
        for place in plants[planted]:
            if (place != player).any():
                world[tuple(place)] = 15
        ways = np.array([[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1]])
        return settled(state.replace(
            map=world, mob_map=occupied, player_position=player, zombies=zombies, cows=cows,
            skeletons=skeletons, arrows=arrows, arrow_directions=ways[rng.integers(0, 5, 3)],
            growing_plants_positions=plants, growing_plants_age=rng.integers(570, 602, 10),
            growing_plants_mask=planted, is_sleeping=rng.random() < 0.25,
            achievements=rng.random(22) < 0.3, light_level=np.float32(rng.random()),
            inventory=type(state.inventory)(*rng.integers(0, 10, 12)),
            player_health=rng.integers(1, 10), player_food=rng.integers(0, 10),
            player_drink=rng.integers(0, 10), player_energy=rng.integers(0, 10),
            player_direction=rng.integers(1, 5),
            timestep=rng.choice([0, 100, 250, 9970, rng.integers(0, 9990)]),
            player_recover=np.float32(rng.integers(-15, 26)),
            player_hunger=np.float32(rng.integers(0, 51) / 2),
            player_thirst=np.float32(rng.integers(0, 41) / 2),
            player_fatigue=np.float32(rng.integers(-10, 31)))), []


class Full:
    name = "Craftax-Symbolic-v1"
    keys = range(21)
    states = 256
    action_weights = np.array([1, 4, 4, 4, 4, 14, 0.5] + [1.0] * 10 + [0.5, 2, 0.5] + [1.0] * 23)

    @staticmethod
    def fields(s):
        """(name, words) in the order of the Rust state: what floors share, then floor by floor."""
        for name in ("player_level", "player_position", "player_direction", "player_health",
                     "player_food", "player_drink", "player_energy", "player_mana", "is_sleeping",
                     "is_resting", "player_recover", "player_hunger", "player_thirst",
                     "player_fatigue", "player_recover_mana", "player_xp", "player_dexterity",
                     "player_strength", "player_intelligence"):
            yield name, bits(getattr(s, name))
        for name in ("wood", "stone", "coal", "iron", "diamond", "sapphire", "ruby", "sapling",
                     "torches", "arrows", "books", "pickaxe", "sword", "bow", "potions", "armour"):
            yield name, bits(getattr(s.inventory, name))
        for name in ("sword_enchantment", "bow_enchantment", "armour_enchantments",
                     "learned_spells", "potion_mapping", "boss_progress",
                     "boss_timesteps_to_spawn_this_round"):
            yield name, bits(getattr(s, name))
        yield "growing_plants", rows(s.growing_plants_positions, s.growing_plants_age,
                                     s.growing_plants_mask)
        yield "light_level", bits(s.light_level)
        yield "achievements", packed(s.achievements, 32)
        yield "state_rng", s.state_rng.reshape(-1)
        yield "timestep", bits(s.timestep)
        for level in range(9):
            yield from Full.floor(s, level)

    @staticmethod
    def floor(s, level):
        yield "map", packed(s.map[level], 4)
        yield "item_map", packed(s.item_map[level], 4)
        yield "mob_map", packed(s.mob_map[level], 32)
        yield "light_map", bits(s.light_map[level])
        for name in ("down_ladders", "up_ladders", "chests_opened", "monsters_killed"):
            yield name, bits(getattr(s, name)[level])
        for name in ("melee_mobs", "passive_mobs", "ranged_mobs"):
            m = jax.tree.map(lambda x: x[level], getattr(s, name))
            yield name, rows(m.position, m.health, m.mask, m.attack_cooldown, m.type_id)
        for name in ("mob_projectiles", "player_projectiles"):
            m = jax.tree.map(lambda x: x[level], getattr(s, name))
            ways = getattr(s, name[:-1] + "_directions")[level]
            yield name, rows(m.position, m.health, m.mask, m.attack_cooldown, m.type_id, ways)

    @staticmethod
    def enriched(state, key):
        """In half of the episodes the player begins on any floor, with things and skills."""
        most = [10] * 10 + [3, 5, 5, 2] + [3] * 6 + [3] * 4 + [9, 4, 5, 5, 5, 2, 2, 3, 3, 8]
        drawn = jax.random.randint(jax.random.fold_in(key, 7), (len(most),), 0, 1 << 20)
        v = drawn % jnp.array(most)
        names = ("wood", "stone", "coal", "iron", "diamond", "sapphire", "ruby", "sapling",
                 "torches", "arrows", "books", "pickaxe", "sword", "bow")
        inventory = dict(zip(names, v[:14])) | {"potions": v[14:20], "armour": v[20:24]}
        level = v[24]
        rich = state.replace(
            inventory=state.inventory.replace(**inventory), player_level=level,
            player_position=state.up_ladders[level], player_xp=v[25], player_dexterity=1 + v[26],
            player_strength=1 + v[27], player_intelligence=1 + v[28],
            learned_spells=v[29:31].astype(bool), sword_enchantment=v[31], bow_enchantment=v[32],
            boss_progress=jnp.where(level == 8, v[33], 0),
            monsters_killed=state.monsters_killed.at[level].set(8))
        chosen = jax.random.uniform(jax.random.fold_in(key, 8)) < 0.5
        return jax.tree.map(lambda a, b: jnp.where(chosen, a, b), rich, state)

    @staticmethod
    def stored(s):
        """The words of a case: what floors share and the player's floor, lights as 255ths; the rest
        is as reset."""
        shared = [w for name, w in Full.fields(s)][:-9 * 13]
        floor = dict(Full.floor(s, int(s.player_level)))
        floor["light_map"] = packed(jnp.round(255 * s.light_map[s.player_level]), 4)
        return jnp.concatenate(shared + list(floor.values()))

    @staticmethod
    def injected(state, rng, seed):
        """A state of chance or a scene, and what the player begins by doing there."""
        if (which := seed % Full.states) >= len(SCENES):
            level = rng.integers(9) if rng.random() < 0.8 else 8
            return Full.chance(state, rng, level), []
        level, scene = SCENES[which]
        state, actions = scene(Full.chance(state, rng, level), rng)
        return settled(state), [action.value for action in actions]

    @staticmethod
    def chance(state, rng, level):
        """A state of chance, impossible ones included: edges, ripe plants, bosses, last steps."""
        common = [2, 3, 4, 7, 14, 25, 26, 13]
        blocks = common * 8 + list(range(2, 36)) * 2
        world = rng.choice(blocks, size=(48, 48))
        items = rng.choice([0, 1, 2, 3, 4], size=(48, 48), p=[.9, .04, .025, .025, .01])
        light = np.clip(rng.integers(-80, 336, (48, 48)), 0, 255) / np.float32(255)
        edge = rng.random() < 0.3
        player = np.array([rng.choice([0, 1, 46, 47]) if edge and rng.random() < 0.7
                           else rng.integers(48) for _ in range(2)])
        world[tuple(player)] = rng.choice([2, 7, 25, 26])
        items[tuple(player)] = rng.choice([0, 1, 2, 3], p=[.4, .1, .3, .2])
        direction = rng.integers(1, 5)
        faced = player + np.array([[0, -1], [0, 1], [-1, 0], [1, 0]])[direction - 1]
        if (faced >= 0).all() and (faced < 48).all():
            special = [2, 3, 5, 7, 8, 9, 10, 11, 12, 16, 20, 21, 22, 23, 23, 24, 28, 29, 30, 31]
            world[tuple(faced)] = 32 if level == 8 and rng.random() < 0.6 else rng.choice(special)
            if rng.random() < 0.7:
                items[tuple(faced)] = 0
        occupied = np.zeros((48, 48), bool)
        quiet = rng.random() < (0.6 if level == 8 else 0.1)

        def mobs(old, n, types, stands):
            position = np.clip(player + rng.integers(-5, 6, (n, 2)), 0, 47)
            if rng.random() < 0.5 and stands:
                position[0] = faced
            mask = rng.random(n) < (0 if quiet else 0.7)
            if stands:
                inside = mask & (position >= 0).all(1) & (position < 48).all(1)
                occupied[tuple(position[inside].T)] = True
            return old.replace(
                position=old.position.at[level].set(position),
                health=old.health.at[level].set(rng.integers(1, 24, n) / 2),
                mask=old.mask.at[level].set(mask),
                attack_cooldown=old.attack_cooldown.at[level].set(rng.integers(-2, 5, n)),
                type_id=old.type_id.at[level].set(rng.integers(0, types, n)))

        melee, passive = mobs(state.melee_mobs, 3, 8, True), mobs(state.passive_mobs, 3, 3, True)
        ranged = mobs(state.ranged_mobs, 2, 8, True)
        shot = mobs(state.mob_projectiles, 3, 8, False)
        shots = mobs(state.player_projectiles, 3, 8, False)
        occupied[tuple(player)] = False
        ways = np.array([[0, 1], [0, -1], [1, 0], [-1, 0]])
        plants, planted = np.clip(player + rng.integers(-5, 6, (10, 2)), 0, 47), rng.random(10) < .6
        if level == 0:
            for place in plants[planted]:
                if (place != player).any():
                    world[tuple(place)] = 15
        skills = rng.integers(1, 6, 3)
        few = rng.random() < 0.2
        names = ("wood", "stone", "coal", "iron", "diamond", "sapphire", "ruby", "sapling",
                 "torches", "arrows")
        amounts = {name: rng.integers(0, 3 if few else 100) for name in names}
        inventory = state.inventory.replace(
            **amounts, books=rng.integers(0, 3), pickaxe=rng.integers(0, 5),
            sword=rng.integers(0, 5), bow=rng.integers(0, 2), potions=rng.integers(0, 4, 6),
            armour=rng.integers(0, 3, 4))
        set_ = lambda name, value: getattr(state, name).at[level].set(value)
        return settled(state.replace(
            map=set_("map", world), item_map=set_("item_map", items),
            mob_map=set_("mob_map", occupied), light_map=set_("light_map", light),
            chests_opened=set_("chests_opened", rng.random() < 0.4),
            monsters_killed=set_("monsters_killed", rng.integers(5, 10)),
            player_position=player, player_level=level, player_direction=direction,
            melee_mobs=melee, passive_mobs=passive, ranged_mobs=ranged, mob_projectiles=shot,
            player_projectiles=shots,
            mob_projectile_directions=set_("mob_projectile_directions", ways[rng.integers(0, 4, 3)]),
            player_projectile_directions=set_("player_projectile_directions",
                                              ways[rng.integers(0, 4, 3)]),
            growing_plants_positions=plants, growing_plants_age=rng.integers(570, 602, 10),
            growing_plants_mask=planted, inventory=inventory,
            player_dexterity=skills[0], player_strength=skills[1], player_intelligence=skills[2],
            player_xp=rng.integers(0, 3), player_health=np.float32(rng.integers(2, 26) / 2),
            player_food=rng.integers(0, 10), player_drink=rng.integers(0, 10),
            player_energy=rng.integers(0, 10), player_mana=rng.integers(0, 19),
            is_sleeping=rng.random() < 0.1, is_resting=rng.random() < 0.05,
            player_recover=np.float32(rng.integers(-15, 26)),
            player_hunger=np.float32(rng.integers(0, 51) / 2),
            player_thirst=np.float32(rng.integers(0, 41) / 2),
            player_fatigue=np.float32(rng.integers(-10, 31)),
            player_recover_mana=np.float32(rng.integers(0, 31)),
            learned_spells=rng.random(2) < 0.6, sword_enchantment=rng.integers(0, 3),
            bow_enchantment=rng.integers(0, 3), armour_enchantments=rng.integers(0, 3, 4),
            boss_progress=rng.integers(0, 8) if level == 8 else 0,
            boss_timesteps_to_spawn_this_round=rng.integers(-3, 8),
            achievements=rng.random(67) < 0.2, light_level=np.float32(rng.random()),
            timestep=rng.choice([0, 100, 250, 99_970, rng.integers(0, 99_990)])))


GAMES = {"classic": Classic, "full": Full}


class Runner:
    """Compiled programs of one game."""

    def __init__(self, game):
        self.game = game
        env = make_craftax_env_from_name(game.name, auto_reset=False)
        params = env.default_params

        def words(state):
            return jnp.concatenate([w for _, w in game.fields(state)])

        def fresh(key):
            _, state = env.reset(key, params)
            return settled(game.enriched(settled(state), key))

        def after(state, key, action):
            observation, state, reward, over, _ = env.step(key, state, action, params)
            state = settled(state)
            return state, over, [words(state), bits(observation), bits(reward), bits(over)]

        def life(state, base, steps, actions):
            def body(state, x):
                step, again = jax.random.split(jax.random.fold_in(base, x[0] + 1))
                state, over, parts = after(state, step, x[1])
                state = jax.lax.cond(over, lambda: fresh(again), lambda: state)
                return state, (hashed(jnp.concatenate(parts)), over)
            return jax.lax.scan(body, state, (steps, actions))

        def case(state, base, actions):
            def body(state, x):
                state, over, parts = after(state, jax.random.fold_in(base, x[0] + 1), x[1])
                return state, (hashed(jnp.concatenate(parts)), over)
            steps = jnp.arange(len(actions), dtype=jnp.uint32)
            return jax.lax.scan(body, state, (steps, actions))

        @jax.jit
        def seen(state):
            return hashed(words(state)), hashed(bits(env.get_obs(state)))

        # Apart from the reset, so that XLA folds no constants of the first state.
        reset = jax.jit(lambda key: settled(env.reset(key, params)[1]))

        self.fresh, self.after = jax.jit(fresh), jax.jit(after)
        self.life, self.case = jax.jit(life), jax.jit(case)
        self.world = lambda key: seen(reset(key))

    def actions(self, rng, n):
        """Mostly moves, kept up for a while, and `DO`."""
        p = self.game.action_weights / self.game.action_weights.sum()
        actions = rng.choice(len(p), size=n, p=p)
        for t in range(1, n):
            if 1 <= actions[t - 1] <= 4 and rng.random() < 0.6:
                actions[t] = actions[t - 1]
        return actions.astype(np.int32)

    def lives(self, keys, steps):
        out = []
        for seed in keys:
            base = jax.random.PRNGKey(seed)
            actions = self.actions(np.random.default_rng(seed), steps)
            state, hashes, episodes = self.fresh(base), [], 0
            for start in range(0, steps, CHUNK):
                indices = jnp.arange(start, start + CHUNK, dtype=jnp.uint32)
                state, (chunk, over) = self.life(state, base, indices,
                                                 jnp.asarray(actions[start:start + CHUNK]))
                hashes.append(np.asarray(chunk))
                episodes += int(over.sum())
            out += [[seed, steps], bytes_of(actions), np.concatenate(hashes).reshape(-1)]
            print(f"  life {seed}: {steps} steps, {episodes} episodes", flush=True)
        return out

    def cases(self, keys, steps=40):
        out = []
        for seed in keys:
            base = jax.random.PRNGKey(seed)
            rng = np.random.default_rng(10_000 + seed)
            state, first = self.game.injected(self.fresh(base), rng, seed)
            actions = np.concatenate([first, self.actions(rng, steps)])[:steps].astype(np.int32)
            before = np.asarray(self.game.stored(state))
            _, (hashes, _) = self.case(state, base, jnp.asarray(actions))
            out += [[seed, len(before), steps], before, bytes_of(actions),
                    np.asarray(hashes).reshape(-1)]
        print(f"  {len(keys)} injected states of {steps} steps", flush=True)
        return out

    def worlds(self, keys):
        return [np.concatenate([[seed], *map(np.asarray, self.world(jax.random.PRNGKey(seed)))])
                for seed in keys]

    def verbose(self, seed, step):
        base = jax.random.PRNGKey(seed)
        state = self.fresh(base)
        actions = self.actions(np.random.default_rng(seed), max(CHUNK, step + 1))
        for i in range(step + 1):
            key, again = jax.random.split(jax.random.fold_in(base, i + 1))
            state, over, parts = self.after(state, key, actions[i])
            if i < step and over:
                state = self.fresh(again)
        parts = list(self.game.fields(state)) + list(zip(("observation", "reward", "done"),
                                                         parts[1:]))
        index = 0
        for name, words in parts:
            for word in np.asarray(words):
                print(index, name, f"{word:08x}")
                index += 1


@jax.jit
def drawn(key):
    mask = jax.random.uniform(jax.random.fold_in(key, 99), (4096,)) < 0.37
    small, r = mask[:2304], jax.random
    return jnp.concatenate([x.astype(jnp.uint32).reshape(-1) for x in (
        r.split(key), r.split(key, 7), r.bits(key, (5, 7)), bits(r.uniform(key)),
        bits(r.uniform(key, (16,))), bits(r.randint(key, (), 0, 17)),
        bits(r.randint(key, (8, 2), 5, 10)), bits(r.randint(key, (2,), 1, jnp.array([7, 4]))),
        bits(r.choice(key, jnp.arange(4))), bits(r.choice(key, jnp.arange(8))),
        packed(mask, 32), bits(r.choice(key, jnp.arange(4096), p=mask / mask.sum())),
        bits(r.choice(key, jnp.arange(2304), p=small / small.sum())),
        bits(r.choice(key, jnp.arange(2304), p=small)),
        bits(r.choice(key, jnp.arange(5), p=jnp.array([0.3, 0.3, 0.15, 0.125, 0.125]))),
        bits(r.permutation(key, jnp.arange(6))))])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    parser.add_argument("--games", nargs="+", default=list(GAMES), choices=list(GAMES))
    kinds = ["generator", "worlds", "lives", "states"]
    parser.add_argument("--kinds", nargs="+", default=kinds, choices=kinds)
    parser.add_argument("--keys", type=int, nargs="+")
    parser.add_argument("--steps", type=int, default=5000, help="of a life, a multiple of 1000")
    parser.add_argument("--verbose", type=int, nargs=2, metavar=("KEY", "STEP"))
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)

    def write(name, parts):
        words = np.concatenate([np.asarray(p).astype("<u4") for p in parts])
        words.tofile(args.out / name)
        print(name, f"{words.nbytes:,} bytes", flush=True)

    if args.verbose:
        return Runner(GAMES[args.games[0]]).verbose(*args.verbose)
    if "generator" in args.kinds:
        keys = [jax.random.PRNGKey(seed) for seed in args.keys or range(64)]
        write("generator.bin", [np.concatenate([key, drawn(key)]) for key in keys])
    for name in args.games:
        game = GAMES[name]
        runner = Runner(game)
        if "worlds" in args.kinds:
            write(f"{name}_worlds.bin", runner.worlds(args.keys or range(1000)))
        if "states" in args.kinds:
            write(f"{name}_states.bin", runner.cases(args.keys or range(game.states)))
        if "lives" in args.kinds:
            write(f"{name}_lives.bin", runner.lives(args.keys or game.keys, args.steps))


if __name__ == "__main__":
    main()
