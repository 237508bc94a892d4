"""A distribution and where it is installed: outside the repository, with the dependencies that are here."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

from rag.settings import Settings
from tests.require import require_program


@dataclass(frozen=True, slots=True)
class Source:
    """A git repository of its own; ``files`` are the paths in it, with forward slashes."""

    root: Path
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Distribution:
    """The two files that a release would have."""

    sdist: Path
    wheel: Path


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment and a working directory, both outside the repository."""

    folder: Path
    work: Path
    variables: dict[str, str]

    @property
    def bin(self) -> Path:
        return self.folder / "bin"

    def saywhere(self, *arguments: str | Path, timeout: float = 110) -> subprocess.CompletedProcess[str]:
        """The installed command, with no variable of this process."""
        return self.run(self.bin / "saywhere", *arguments, timeout=timeout)

    def run(self, *command: str | Path, timeout: float = 110) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.work, env=self.variables, capture_output=True, text=True, timeout=timeout
        )


def git(folder: Path, *arguments: str) -> str:
    """Standard output of a git command in a folder."""
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        [require_program("git", "git"), *identity, *arguments],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def new_environment(folder: Path, work: Path) -> Environment:
    """Sees the packages that the tests run with, but not the repository (an editable install of theirs).

    A path in a .pth file is searched; the .pth files that lie there are not read.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    work.mkdir(exist_ok=True)
    variables = {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.defpath}",
        "HOME": str(work),
        "XDG_CACHE_HOME": str(Settings().cache.parent),
        "LANG": "C.UTF-8",
    }
    return Environment(folder, work, variables)
