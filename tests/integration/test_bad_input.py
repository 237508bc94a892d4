"""Common errors of users, through the command line: each gives one plain line, and no data is lost.

Each command runs in a process of its own, if need be without root's right to read and write everything.
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

_WITHOUT_ROOT_RIGHTS = "--bounding-set=-dac_override,-dac_read_search"
GERMAN = "Die Bürgermeisterin heißt Jördis Müßig, und sie wohnt über der Bäckerei."
MEGABYTES = 52
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


def _saywhere(*arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments],
        cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=110,
    )  # fmt: skip


def _saywhere_without_root_rights(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """As ``_saywhere``, but permission bits hold, for root too."""
    prefix = (require_program("setpriv", "util-linux"), _WITHOUT_ROOT_RIGHTS) if os.geteuid() == 0 else ()
    return subprocess.run(
        [*prefix, sys.executable, "-m", "api", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=110,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two documents, one of them in an older encoding."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "good.txt").write_text("The archive opens at nine.", "utf-8")
    (notes / "old.txt").write_bytes(GERMAN.encode("cp1252"))
    return notes


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that may be read and not written."""
    path = tmp_path / "locked"
    path.mkdir(mode=0o555)
    yield path
    path.chmod(0o755)


def _error_line(ran: subprocess.CompletedProcess[str], status: int) -> str:
    """The one line on standard error of a command that failed with this status."""
    assert (ran.returncode, ran.stdout) == (status, ""), ran.stderr
    assert ran.stderr.startswith("saywhere: ")
    assert ran.stderr.count("\n") == 1
    return ran.stderr


def test_unreadable_files_are_named_and_the_others_ingested(folder: Path, tmp_path: Path) -> None:
    """Without permission, a picture called .txt, 52 MB: a line each. cp1252 is read, an empty one skipped."""
    (folder / "locked.txt").write_text("Nobody may read this.")
    (folder / "locked.txt").chmod(0)
    (folder / "empty.txt").touch()
    (folder / "photo.txt").write_bytes(PNG)
    (folder / "big.txt").write_text("All work and no play. " * (MEGABYTES * 1_000_000 // 22))
    ran = _saywhere_without_root_rights("ingest", folder, "--data", tmp_path / "data")
    assert ran.returncode == 1
    assert ran.stdout.startswith("2 added, 0 changed, 0 removed, 0 unchanged, 1 skipped: empty, 3 failed")
    lines = dict(zip(("locked", "big", "photo"), ran.stderr.splitlines(), strict=True))
    assert all(f"{name}.txt" in line for name, line in lines.items())
    assert "Permission denied" in lines["locked"]
    assert "the limit is 25,000,000" in lines["big"]
    assert "not text" in lines["photo"]
    assert GERMAN in _saywhere("search", "Bürgermeisterin", "--json", "--data", tmp_path / "data").stdout


def test_a_file_that_became_unreadable_keeps_its_earlier_version(folder: Path, tmp_path: Path) -> None:
    """It is still found, and the line says so."""
    data = tmp_path / "data"
    assert _saywhere("ingest", folder, "--data", data).returncode == 0
    (folder / "good.txt").chmod(0)
    ran = _saywhere_without_root_rights("ingest", folder, "--data", data)
    assert ran.returncode == 1
    assert "its earlier version stays" in ran.stderr
    assert "opens at nine" in _saywhere("search", "archive", "--data", data).stdout


@pytest.mark.parametrize("inside", ["", "data"], ids=["itself", "within"])
def test_a_data_folder_without_write_permission(folder: Path, locked: Path, inside: str) -> None:
    """The line names it with the reason, whether it exists or not; nothing is written into it."""
    ran = _saywhere_without_root_rights("ingest", folder, "--data", locked / inside)
    line = _error_line(ran, 1)
    assert str(locked) in line
    assert "Permission denied" in line
    assert list(locked.iterdir()) == []


# Ingests on a small disk first a file that fits, then a folder that doesn't; then the same on a larger disk.
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
    """One line and status 1; once there is room, the next ingest does the rest, and the indexes agree."""
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
    first, full, freed, *output = ran.stdout.splitlines()
    assert (first, full, freed) == ("0", "1", "0"), ran.stderr
    assert "Traceback" not in ran.stderr
    [error] = [line for line in ran.stderr.splitlines() if line.startswith("saywhere: ")]
    assert "no space left" in error
    assert str(disk) in error
    assert any("agree with the catalog" in line for line in output)
    assert "0" in output
    assert any("opens at nine" in line for line in output)


def test_a_port_in_use(tmp_path: Path) -> None:
    """The line names it and advises another, and no data folder is created."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        line = _error_line(_saywhere("serve", "--port", port, "--data", tmp_path / "data"), 1)
    assert f"port {port}" in line
    assert "choose another --port" in line
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("setting", ["SAYWHERE_READER", "SAYWHERE_EMBEDDER"])
def test_a_broken_model_file(folder: Path, tmp_path: Path, setting: str) -> None:
    """The line names the model's folder; no other model is used in its place."""
    assert _saywhere("ingest", folder, "--data", tmp_path / "data").returncode == 0
    broken = tmp_path / "model"
    broken.mkdir()
    for name in ("config.json", "model.onnx", "model.safetensors", "tokenizer.json"):
        (broken / name).write_bytes(b"no model at all" * 100)
    ran = _saywhere("ask", "Who?", "--data", tmp_path / "data", **{setting: str(broken)})
    assert str(broken) in _error_line(ran, 1)


@pytest.mark.parametrize(
    ("question", "reason"), [("", "empty"), ("why? " * 2_000, "10,000 characters")], ids=["empty", "10,000"]
)
def test_an_invalid_question(folder: Path, tmp_path: Path, question: str, reason: str) -> None:
    """Wrong use, with the reason."""
    assert _saywhere("ingest", folder, "--data", tmp_path / "data").returncode == 0
    assert reason in _error_line(_saywhere("ask", question, "--data", tmp_path / "data"), 2)
