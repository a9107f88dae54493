"""What several tests need."""

import pytest

import dalenet.envs

IDS = [env.id for env in dalenet.envs.list()]


@pytest.fixture(params=IDS)
def env_id(request: pytest.FixtureRequest) -> str:
    """The id of every environment."""
    return str(request.param)


@pytest.fixture(params=["NextStep", "SameStep", "Disabled"])
def mode(request: pytest.FixtureRequest) -> str:
    """Every autoreset mode."""
    return str(request.param)
