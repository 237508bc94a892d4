"""The distribution, built from a clean copy of the repository and installed outside it."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.packaging.environment import Distribution, Environment, Source, git, new_environment
from tests.require import ROOT, require


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """The files that git has or would add, committed in a repository of their own."""
    require((ROOT / ".git").exists(), "the tests do not lie in a git checkout")
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    files = frozenset(name for name in listed if name and (ROOT / name).is_file())
    copy = tmp_path_factory.mktemp("source") / "saywhere"
    for name in files:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target)
    git(copy, "init", "--quiet", "--initial-branch=main")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message=Everything")
    return Source(copy, files)


@pytest.fixture(scope="session")
def distribution(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Distribution:
    """A source distribution, and the wheel that is built from nothing but it; no network is used."""
    target = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(target), str(source.root)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    (sdist,), (wheel,) = target.glob("*.tar.gz"), target.glob("*.whl")
    return Distribution(sdist, wheel)


@pytest.fixture(scope="session")
def installed(distribution: Distribution, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("installed")
    environment = new_environment(folder / "venv", folder / "work")
    command = ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"]
    done = environment.run(environment.bin / "python", *command, distribution.wheel)
    assert done.returncode == 0, done.stderr
    return environment
