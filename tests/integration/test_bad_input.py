"""What people get wrong, forced for real through the command line: a plain line each, nothing lost.

Each runs in a process of its own, without root's leave to read and write everything where it has it.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.require import ROOT, require, require_program

_BOUND = "--bounding-set=-dac_override,-dac_read_search"
GERMAN = "Die Bürgermeisterin heißt Jördis Müßig, und sie wohnt über der Bäckerei."
MEGABYTES = 52
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


def _saywhere(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=110,
    )  # fmt: skip


def _bound_by_permissions(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """As ``_saywhere``, by a user whom permission bits bind, root or not."""
    prefix = (require_program("setpriv", "util-linux"), _BOUND) if os.geteuid() == 0 else ()
    return subprocess.run(
        [*prefix, sys.executable, "-m", "api", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=110,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents, one of them in an older encoding."""
    made = tmp_path / "notes"
    made.mkdir()
    (made / "good.txt").write_text("The archive opens at nine.", "utf-8")
    (made / "old.txt").write_bytes(GERMAN.encode("cp1252"))
    return made


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that may be read and not written."""
    made = tmp_path / "locked"
    made.mkdir(mode=0o555)
    yield made
    made.chmod(0o755)


def _plain(ran: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line that it ended with."""
    assert (ran.returncode, ran.stdout) == (status, ""), ran.stderr
    assert ran.stderr.startswith("saywhere: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def test_bad_files_are_named_and_the_good_ones_are_in(folder: Path, tmp_path: Path) -> None:
    """Unreadable, empty, a picture called .txt, 52 MB: a line each. cp1252 is read to the letter."""
    (folder / "locked.txt").write_text("Nobody may read this.")
    (folder / "locked.txt").chmod(0)
    (folder / "empty.txt").touch()
    (folder / "photo.txt").write_bytes(PNG)
    (folder / "big.txt").write_text("All work and no play. " * (MEGABYTES * 1_000_000 // 22))
    ran = _bound_by_permissions("ingest", folder, "--data", tmp_path / "data")
    assert ran.returncode == 1
    assert ran.stdout.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 4 failed")
    said = dict(zip(("locked", "big", "empty", "photo"), ran.stderr.splitlines(), strict=True))
    assert all(f"{name}.txt" in line for name, line in said.items())
    assert "Permission denied" in said["locked"]
    assert "the limit is 25,000,000" in said["big"]
    assert "holds no text" in said["empty"]
    assert "not text" in said["photo"]
    assert GERMAN in _saywhere("search", "Bürgermeisterin", "--json", "--data", tmp_path / "data").stdout


def test_a_file_that_became_unreadable_keeps_its_text(folder: Path, tmp_path: Path) -> None:
    """What was stored before still answers, and the line says so."""
    data = tmp_path / "data"
    assert _saywhere("ingest", folder, "--data", data).returncode == 0
    (folder / "good.txt").chmod(0)
    ran = _bound_by_permissions("ingest", folder, "--data", data)
    assert ran.returncode == 1
    assert "its earlier version stays" in ran.stderr
    assert "opens at nine" in _saywhere("search", "archive", "--data", data).stdout


@pytest.mark.parametrize("inside", ["", "data"], ids=["itself", "within"])
def test_a_data_folder_without_write_permission(folder: Path, locked: Path, inside: str) -> None:
    """Named with the reason, whether it is there or would have to be made; nothing is left in it."""
    ran = _bound_by_permissions("ingest", folder, "--data", locked / inside)
    said = _plain(ran, 1)
    assert str(locked) in said
    assert "Permission denied" in said
    assert list(locked.iterdir()) == []


# Ingests what fits, then what doesn't, on a disk of its own; then makes room and goes on.
_ON_A_SMALL_DISK = """
mount -t tmpfs -o size=3m none "$2" || exit 77
ingest() { "$1" -m api ingest "$3" --data "$2/data" >&2; echo $?; }
ingest "$1" "$2" "$3/good.txt"
ingest "$1" "$2" "$3"
mount -o remount,size=200m "$2"
ingest "$1" "$2" "$3"
"$1" -m api doctor --data "$2/data"; echo $?
"$1" -m api search "when does the archive open" --data "$2/data"
"""


def test_a_full_disk(folder: Path, tmp_path: Path) -> None:
    """One line and status 1; once there is room the next ingest does the rest, and all agrees."""
    for number in range(6):
        lines = (f"Pier {number}.{n} is for boats of class {n * 7919}, and for no other." for n in range(250))
        (folder / f"{number}.txt").write_text("\n\n".join(lines))
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = [require_program("unshare", "util-linux"), "--mount"]
    if os.geteuid() != 0:
        mounting.append("--map-root-user")
    ran = subprocess.run(
        [*mounting, "sh", "-c", _ON_A_SMALL_DISK, "sh", sys.executable, str(disk), str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    require(ran.returncode == 0 or ran.stdout, f"a small disk can't be mounted here: {ran.stderr.strip()}")
    first, full, freed, *told = ran.stdout.splitlines()
    assert (first, full, freed) == ("0", "1", "0"), ran.stderr
    assert "Traceback" not in ran.stderr
    [said] = [line for line in ran.stderr.splitlines() if line.startswith("saywhere: ")]
    assert "no space left" in said
    assert str(disk) in said
    assert any("agree with the catalog" in line for line in told)
    assert "0" in told
    assert any("opens at nine" in line for line in told)


def test_a_port_in_use(tmp_path: Path) -> None:
    """Named with the way out, before a data folder is made."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = _plain(_saywhere("serve", "--port", port, "--data", tmp_path / "data"), 1)
    assert f"port {port}" in said
    assert "choose another --port" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("setting", ["SAYWHERE_READER", "SAYWHERE_EMBEDDER"])
def test_a_broken_model_file(tmp_path: Path, setting: str) -> None:
    """The model's folder is named; no traceback, no other model in its place."""
    broken = tmp_path / "model"
    broken.mkdir()
    for name in ("config.json", "model.onnx", "model.safetensors", "tokenizer.json"):
        (broken / name).write_bytes(b"no model at all" * 100)
    ran = _saywhere("ask", "Who?", "--data", tmp_path / "data", **{setting: str(broken)})
    assert str(broken) in _plain(ran, 1)


@pytest.mark.parametrize(
    ("question", "said"), [("", "empty"), ("why? " * 2_000, "10,000 characters")], ids=["empty", "10,000"]
)
def test_a_question_that_cannot_be_asked(tmp_path: Path, question: str, said: str) -> None:
    """Wrong use, told by its fault."""
    assert said in _plain(_saywhere("ask", question, "--data", tmp_path / "data"), 2)
