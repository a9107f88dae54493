"""Studies: planned, worked on and collected from Python; the bits are those of single trainings."""

import json
from pathlib import Path

import pytest

import dalenet

SETTINGS = {"epochs": 3, "layers": [8], "stop_error": 0}


def planned(folder: Path, **changed: object) -> dalenet.Study:
    return dalenet.Study.compare(folder, ["parity"], rules=["ed", "bp"], seeds=2, **(SETTINGS | changed))


def test_a_study_has_the_bits_of_single_trainings(tmp_path: Path) -> None:
    study = planned(tmp_path / "study")
    assert [row["state"] for row in study.status()] == ["waiting"] * 4
    study.work(threads=1)
    assert [row["state"] for row in study.status()] == ["done"] * 4
    findings = study.collect()
    assert [(cell["cell"], len(cell["scores"])) for cell in findings["cells"]] == [("ed", 2), ("bp", 2)]
    assert study.table.startswith("| task")
    for rule in ["ed", "bp"]:
        run = dalenet.load(tmp_path / "study" / f"parity-{rule}-seed1")
        alone = dalenet.train("parity", rule=rule, seed=1, out=tmp_path / rule, **SETTINGS)
        assert all((run.weights[name] == weights).all() for name, weights in alone.weights.items())


def test_a_single_run_may_be_trained_and_others_stay_free(tmp_path: Path) -> None:
    study = planned(tmp_path / "study")
    study.work(run="parity-bp-seed1")
    done = [row["run"] for row in study.status() if row["state"] == "done"]
    assert done == ["parity-bp-seed1"]
    with pytest.raises(ValueError, match="has no run `parity-bp-seed7`"):
        study.work(run="parity-bp-seed7")


def test_a_sweep_ranks_its_configurations_and_may_have_fixed_values(tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(
        "tasks = ['parity']\nrules = ['ed', 'bp']\n[settings]\nbits = 6\nvalidation = 0.2\nepochs = 3\nlayers = [[8]]\n"
        "rate = { log = [0.1, 10], points = 3 }\n"
    )
    sweep = dalenet.Study.sweep(tmp_path / "sweep", file)
    sweep.work()
    groups = sweep.collect()["sweep"]["groups"]
    assert [(group["rule"], len(group["ranked"])) for group in groups] == [("ed", 3), ("bp", 3)]
    means = [row["mean"] for row in groups[0]["ranked"]]
    assert means == sorted(means, reverse=True)
    assert (tmp_path / "sweep" / "best-parity-ed.toml").exists()

    one = dalenet.Study.sweep(tmp_path / "one", file, rule="bp", rate=0.3)
    one.work()
    ((group,),) = [one.collect()["sweep"]["groups"]]
    assert [row["cell"] for row in group["ranked"]] == ["bp-1"]
    config = dalenet.load(tmp_path / "one" / "parity-bp-1-seed1000").config
    assert (config["rule"], config["rate"]) == ("bp", pytest.approx(0.3))
    with pytest.raises(ValueError, match="no setting `momentum`"):
        dalenet.Study.sweep(tmp_path / "two", file, momentum=0.3)


def test_what_is_no_study_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises((FileNotFoundError, ValueError), match="study"):
        dalenet.Study(tmp_path)
    planned(tmp_path / "study")
    with pytest.raises(ValueError, match="was trained with epochs = 3, not 4"):
        planned(tmp_path / "study", epochs=4)
    results = tmp_path / "study" / "study.json"
    assert json.loads(results.read_text())["seeds"] == 2
