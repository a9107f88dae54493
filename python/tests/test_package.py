"""The package itself."""

from importlib import metadata, resources

import pytest

import dalenet
from dalenet import _core


def test_errors_are_pythons_own() -> None:
    assert issubclass(dalenet.InternalError, RuntimeError)
    assert issubclass(dalenet.DivergedError, ArithmeticError)


@pytest.mark.parametrize("on_worker", [False, True])
def test_a_panic_is_an_exception(on_worker: bool, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(dalenet.InternalError, match=r"a fault of dalenet .*, please report it: .*for a test"):
        _core._panic(on_worker)


def test_the_version_is_that_of_the_program() -> None:
    assert metadata.version("dalenet") == dalenet.__version__


def test_licences_and_types_come_with_it() -> None:
    """Of the package, of Craftax's textures, of the letters in figures and of the viewer in pages."""
    licences = metadata.metadata("dalenet").get_all("License-File") or []
    names = {name.rpartition("/")[2] for name in licences}
    expected = ["MIT", "APACHE", "craftax", "dejavu", "three.js"]
    assert names == {f"LICENSE-{name}" for name in expected}
    files = resources.files(dalenet)
    assert files.joinpath("py.typed").is_file() and files.joinpath("_core.pyi").is_file()


def test_all_names_that_are_exported_are_there() -> None:
    for name in dalenet.__all__:
        assert getattr(dalenet, name).__doc__ or name == "__version__", name
