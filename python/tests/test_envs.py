"""The list of environments, and sparse observations without Gymnasium."""

import numpy as np
import pytest

import dalenet.envs
from dalenet import _core
from dalenet.envs import SparseRows


def test_every_environment_has_an_id_of_its_own() -> None:
    envs = dalenet.envs.list()
    assert len({env.id for env in envs}) == len(envs) >= 12
    ids = {env.name: env.id for env in envs}
    assert ids["brax/half-cheetah"] == "dalenet/HalfCheetah-v0"
    assert ids["craftax-classic"] == "dalenet/CraftaxClassic-v0"
    assert all(env.summary for env in envs)


@pytest.mark.parametrize(
    "name", ["brax/half-cheetah", "half_cheetah", "HalfCheetah", "dalenet/HalfCheetah-v0"]
)
def test_an_environment_is_found_by_any_of_its_names(name: str) -> None:
    assert dalenet.envs.find(name).name == "brax/half-cheetah"


def test_an_unknown_name_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean `brax/half-cheetah`"):
        dalenet.envs.find("HalfCheeta")


def test_sparse_rows_are_those_of_scipy() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    generator = np.random.default_rng(0)
    dense = generator.normal(size=(5, 40)).astype(np.float32) * (generator.random((5, 40)) < 0.2)
    csr = sparse.csr_array(dense)
    rows = SparseRows(csr.indptr.astype(np.int64), csr.indices, csr.data, (5, 40))
    np.testing.assert_array_equal(rows.to_dense(), dense)
    np.testing.assert_array_equal(rows.row(3), dense[3])
    np.testing.assert_array_equal(rows.to_scipy().toarray(), dense)


def test_the_core_refuses_arrays_it_cannot_write_to() -> None:
    core = _core.Environments("cart-pole", 4)
    actions = np.zeros(4, np.int64)

    def step(**given: np.ndarray) -> int:
        arrays = {
            "observations": np.empty((4, 4), np.float32),
            "rewards": np.empty(4, np.float32),
            "terminated": np.empty(4, np.bool_),
            "truncated": np.empty(4, np.bool_),
        } | given
        return core.step(actions, *arrays.values())

    assert step() == 0
    read_only = np.empty(4, np.float32)
    read_only.flags.writeable = False
    with pytest.raises(ValueError, match="`rewards` is read-only"):
        step(rewards=read_only)
    with pytest.raises(ValueError, match=r"`observations` must have shape \[4, 4\], not \[4, 5\]"):
        step(observations=np.empty((4, 5), np.float32))
    with pytest.raises(ValueError, match="`observations` must be contiguous"):
        step(observations=np.empty((4, 4), np.float32).T)
    with pytest.raises(TypeError):
        step(observations=np.empty((4, 4)))
    same = np.empty(4, np.bool_)
    with pytest.raises(ValueError, match="`truncated` is read-only or written to elsewhere"):
        step(terminated=same, truncated=same)
    assert step() == 0
