"""TorchRL's `GymWrapper` around ours."""

import pytest

pytest.importorskip("torchrl")

from torchrl.envs.utils import check_env_specs

import dalenet.torchrl

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("default")]


@pytest.mark.parametrize("autoreset", [True, False])
def test_torchrl_checks_and_rolls_out(autoreset: bool) -> None:
    env = dalenet.torchrl.make("hopper", 3, autoreset=autoreset, max_episode_steps=5)
    env.set_seed(0)
    check_env_specs(env)
    rollout = env.rollout(12, break_when_any_done=False)
    assert rollout.shape == (3, 12)
    truncated = rollout["next", "truncated"].squeeze(-1)
    assert truncated.sum(1).tolist() == [2, 2, 2]
    # What an episode's last step led to is not the first observation of the next one.
    last = rollout["next", "observation"][:, 4]
    assert not (last == rollout["observation"][:, 5]).all()
    env.close()
