"""Studies on Ray. scripts/ray_study.py kills workers and nodes."""

import os
from pathlib import Path

import pytest

import dalenet

ray = pytest.importorskip("ray")

SETTINGS = {"epochs": 3, "layers": [8], "stop_error": 0}

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """Ray on this machine, without what it would ask the network for."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20)
    yield
    ray.shutdown()


def test_a_study_on_ray_has_the_table_of_one_worker(tmp_path: Path) -> None:
    import dalenet.ray

    studies = [
        dalenet.Study.compare(tmp_path / name, ["parity"], rules=["ed", "bp"], seeds=2, **SETTINGS)
        for name in ["alone", "ray"]
    ]
    studies[0].work()
    studies[0].collect()
    came = []
    dalenet.ray.run(studies[1], on_result=lambda name, result: came.append((name, result["seed"])))
    assert sorted(came) == sorted((f"parity-{rule}-seed{seed}", seed) for rule in ["ed", "bp"] for seed in [0, 1])
    assert studies[0].table == studies[1].table


def test_a_sweep_that_promotes_climbs_rung_by_rung(tmp_path: Path) -> None:
    import dalenet.ray

    file = tmp_path / "sweep.toml"
    file.write_text(
        "tasks = ['parity']\npromote = 2\n[settings]\nbits = 6\nvalidation = 0.2\nepochs = 4\nlayers = [[8]]\n"
        "rate = { log = [0.1, 10], points = 4 }\n"
    )
    studies = [dalenet.Study.sweep(tmp_path / name, file) for name in ["alone", "ray"]]
    studies[0].work()
    studies[0].collect()
    dalenet.ray.run(studies[1])
    assert studies[0].table == studies[1].table


def test_a_folder_that_a_node_does_not_share_is_said_to_be(tmp_path: Path) -> None:
    import dalenet.ray

    task = ray.remote(dalenet.ray._train).remote(tmp_path / "elsewhere", "x", None, 1)
    result = dalenet.ray._result(task)
    assert "put the study on a file system that all nodes share" in result["error"]


def test_tune_drives_the_space_of_a_sweep(tmp_path: Path) -> None:
    from ray import tune

    import dalenet.ray

    file = tmp_path / "sweep.toml"
    file.write_text(
        "tasks = ['parity']\nrules = ['ed', 'bp']\n[settings]\nbits = 6\nvalidation = 0.2\nepochs = 2\nlayers = [[8]]\n"
        "rate = { log = [0.1, 10] }\nbatch = [16, 32]\n"
    )
    tuner = tune.Tuner(
        dalenet.ray.trainable(file, tmp_path / "trials"),
        param_space=dalenet.ray.param_space(file),
        tune_config=tune.TuneConfig(metric="score", mode="max", num_samples=3),
        run_config=tune.RunConfig(storage_path=str(tmp_path / "tune"), verbose=0),
    )
    best = tuner.fit().get_best_result()
    assert best.config is not None and best.config["rule"] in ["ed", "bp"] and 0.1 <= best.config["rate"] <= 10
    (run,) = Path(best.metrics["study"]).glob("parity-*-seed1000")
    assert best.metrics["score"] == pytest.approx(100 * dalenet.load(run).result["validation_accuracy"])
