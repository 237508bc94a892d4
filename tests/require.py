"""What a test needs of the machine: without it the test is skipped, in continuous integration it fails."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def require(available: object, missing: str) -> None:
    """Skips the test unless ``available``; where the variable ``CI`` is set, fails it.

    Args:
        available: anything that is true where the test can run.
        missing: what is missing, and how to get it.
    """
    if available:
        return
    if os.environ.get("CI"):
        pytest.fail(f"{missing}; continuous integration leaves no test out", pytrace=False)
    pytest.skip(missing)


def require_program(name: str, package: str) -> str:
    """The path of a program.

    Args:
        name: of the program.
        package: the Debian package that has it.
    """
    path = shutil.which(name)
    require(path, f"no program {name} is installed (Debian: {package})")
    return str(path)


def require_shared(*parts: str) -> Path:
    """A file or folder of the published data beside the project."""
    path = SHARED.joinpath(*parts)
    require(path.exists(), f"the published data are not on this machine: {path}")
    return path
