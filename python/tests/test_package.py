"""The package itself."""

import dalenet


def test_errors_are_pythons_own() -> None:
    assert issubclass(dalenet.InternalError, RuntimeError)
    assert issubclass(dalenet.DivergedError, ArithmeticError)
