"""Random changes of a folder, while the service is killed at random steps, its disk fills up and files of its
indexes are damaged: the index stays equal to the folder.

After each of these, passages and answers are compared with those of a new ingest of the folder.
``SOAK_STEPS=1000`` (``make soak``) is the long run; ``SOAK_SEED`` sets another seed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rag.adapters.onnx.embedder import OnnxEmbedder
from rag.adapters.onnx.reader import OnnxReader
from tests.disks import Disk, mounted
from tests.integration.soak_child import Soaked

ROOT = Path(__file__).parents[2]
STEPS = int(os.environ.get("SOAK_STEPS", "40"))
SEED = int(os.environ.get("SOAK_SEED", "1"))
TOWNS = (
    "Quillport Astonby Marwick Denholm Tarnley Oxmere Fellgate Brackwater Sundby Corvale Harrowick Ilmouth "
    "Jarsund Kelmarsh Lydbrook Norrhaven"
).split()
NAMES = "Wilhelmina Otto Ida Bartholomew Cecily Dagmar Ezra Florian Greta Hugo Isolde Jasper".split()
SURNAMES = "Astor Brandt Nyqvist Okafor Peel Quist Rasmussen Thorne Ulrich Vance Winter Yarrow".split()
OFFICES = ["harbour master", "town clerk", "head teacher", "chief librarian", "fire warden"]
FILLER = (
    "The office opens at nine and closes at four on every working day of the week. "
    "Letters are answered in the order in which they come, and no fee is taken for it. "
    "Visitors leave their coats at the door, where a porter looks after them. "
)


class Child:
    """A process that owns the data folder."""

    def __init__(self, data: Path, folder: Path, fatal_step: int) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.integration.soak_child",
            str(data),
            str(folder),
            str(fatal_step),
        ]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._line()
        self.alive = line is not None
        self.notes: list[str] = line or []

    def do(self, **command: object) -> Any:
        """The command's result; None if the process was killed by it."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._line()

    def kill(self) -> None:
        self._process.kill()
        self._end(-signal.SIGKILL)

    def kill_during(self, seconds: float, **command: object) -> None:
        """Sends a command and kills the process after a while, at whatever step it is."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        time.sleep(seconds)
        self.kill()

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0

    def _line(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if line:
            return json.loads(line)
        self._end(-signal.SIGKILL)
        return None

    def _end(self, status: int) -> None:
        self.alive = False
        self._process.communicate()
        assert self._process.returncode == status, "it ended by something other than SIGKILL"


class Folder:
    """Files that change at random; ``facts`` are the (town, office) pairs of all texts so far."""

    def __init__(self, path: Path, random: Random) -> None:
        self.path = path
        self.facts: list[tuple[str, str]] = []
        self._random = random
        self._count = 0
        for _ in range(6):
            self.add()

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.path.rglob("*") if path.is_file())

    def change(self) -> str:
        """Makes one random change; returns its description."""
        few = len(self.files) < 4
        step = self._random.choice(
            [self.add] if few else [self.add, self.edit, self.edit, self.append, self.rename, self.move,
                                    self.retype, self.swap, self.remove, self.replace]
        )  # fmt: skip
        return step()

    def add(self) -> str:
        path = self._free()
        path.write_text(self._text(), "utf-8")
        return f"add {path.name}"

    def edit(self) -> str:
        path = self._any()
        path.write_text(self._text(), "utf-8")
        return f"edit {path.name}"

    def append(self) -> str:
        path = self._any()
        path.write_text(f"{path.read_text('utf-8')}\n\n{self._fact()}\n", "utf-8")
        return f"append {path.name}"

    def rename(self) -> str:
        path = self._any()
        to = path.with_name(f"note {self._next()}{path.suffix}")
        path.rename(to)
        return f"rename {path.name} to {to.name}"

    def move(self) -> str:
        path = self._any()
        folder = self.path / self._random.choice(["", "deep", "deep/er"])
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / path.name).exists():
            path.rename(folder / path.name)
        return f"move {path.name} to {folder.name}"

    def retype(self) -> str:
        path = self._any()
        to = path.with_suffix(".txt" if path.suffix == ".md" else ".md")
        if not to.exists():
            path.rename(to)
        return f"retype {path.name}"

    def swap(self) -> str:
        one, other = self._random.sample(self.files, 2)
        texts = one.read_bytes(), other.read_bytes()
        one.write_bytes(texts[1])
        other.write_bytes(texts[0])
        return f"swap {one.name} and {other.name}"

    def replace(self) -> str:
        """Renames a file and writes another one with its old name."""
        path = self._any()
        path.rename(self._free(path.suffix))
        path.write_text(self._text(), "utf-8")
        return f"replace {path.name}"

    def remove(self) -> str:
        path = self._any()
        path.unlink()
        return f"remove {path.name}"

    def questions(self) -> list[str]:
        """On facts of the present and of earlier files."""
        sample = self._random.sample(self.facts, min(5, len(self.facts)))
        return [f"Who is the {office} of {town}?" for town, office in sample]

    def _any(self) -> Path:
        return self._random.choice(self.files)

    def _free(self, suffix: str = "") -> Path:
        return self.path / f"file-{self._next()}{suffix or self._random.choice(['.md', '.txt'])}"

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _text(self) -> str:
        facts = "\n\n".join(f"{self._fact()} {FILLER}" for _ in range(self._random.randint(1, 4)))
        title = f"# Rules number {self._next()}\n\n" if self._random.random() < 0.6 else ""
        return f"{title}{facts}\n"

    def _fact(self) -> str:
        town, office = self._random.choice(TOWNS), self._random.choice(OFFICES)
        name = f"{self._random.choice(NAMES)} {self._random.choice(SURNAMES)}"
        self.facts.append((town, office))
        return f"The {office} of {town} is {name}, by order {self._next()}. She was chosen in the spring."


def damage(data: Path, random: Random) -> str:
    """Overwrites a part of a random file of an index, or cuts it; returns what was done."""
    files = sorted(
        path
        for index in ("chroma", "terms")
        for path in (data / index).rglob("*")
        if path.is_file() and path.stat().st_size
    )
    path = random.choice(files)
    size = path.stat().st_size
    if random.random() < 0.3:
        os.truncate(path, size // random.choice([2, 3, 10]))
        return f"cut {path.relative_to(data)}"
    length = max(1, int(size * random.choice([0.1, 0.5, 1.0])))
    with path.open("r+b") as file:
        file.seek(random.randrange(size - length + 1))
        file.write(random.randbytes(length))
    return f"overwrite {length} of {size} bytes of {path.relative_to(data)}"


def fill(disk: Disk, random: Random) -> Path:
    """Leaves at most 3 MB on a disk; returns the file that takes the rest."""
    filler = disk.path / "filler"
    size = max(0, disk.free_bytes - random.randrange(3_000_000))
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, size))
    return filler


class Soak:
    """A service on a small disk, whose folder changes; ``history`` tells what was done."""

    def __init__(self, path: Path, disk: Disk, random: Random, embedder: OnnxEmbedder, reader: OnnxReader):
        (path / "notes").mkdir()
        self.folder = Folder(path / "notes", random)
        self.data = disk.path / "data"
        self.history: list[str] = []
        self.counts = Counter[str]()
        self._path = path
        self._disk = disk
        self._random = random
        self._models = embedder, reader
        self.child = self._start()

    def step(self, number: int) -> None:
        """Changes the folder, then syncs it, often with a fault; after a fault compares with a new ingest."""
        for _ in range(self._random.choice([1, 1, 2, 4])):  # several changes before a sync
            self.history.append(f"{number}: {self.folder.change()}")
        faults = [self._at_a_step, self._during, self._between, self._full_disk, self._damage]
        has_failed = self._random.choices(faults, [8, 1, 1, 1, 1])[0]()
        while has_failed:
            has_failed = not self._compare()

    def end(self) -> None:
        """Asserts that the folder is stored after a last kill, and that the service ends as it should."""
        self.child.kill()
        self.child = Child(self.data, self.folder.path, 0)
        assert self._compare()
        self.child.close()

    def _at_a_step(self) -> bool:
        """Syncs; half of the processes are killed at a storage step."""
        if self.child.do(do="sync") is not None:
            return False
        self._restart("killed at a step")
        return True

    def _during(self) -> bool:
        self.child.kill_during(self._random.uniform(0, 0.2), do="sync")
        self._restart("killed during a sync")
        return True

    def _between(self) -> bool:
        self.child.kill()
        self._restart("killed between syncs")
        return True

    def _full_disk(self) -> bool:
        """Syncs on a full disk, which may kill it, and has it restarted there; then there is space again."""
        filler = fill(self._disk, self._random)
        self._note("full disk")
        if self.child.do(do="sync") is None:
            self._restart("killed on a full disk")
        filler.unlink()
        return True

    def _damage(self) -> bool:
        self.child.kill()
        self.history.append(damage(self.data, self._random))
        self._restart("damaged index")
        if self.child.notes:
            self._note("rebuilt index")
        return True

    def _restart(self, event: str) -> None:
        self._note(event)
        self.child = self._start()

    def _start(self) -> Child:
        """A process that is killed at a storage step half the times, some of them in recovery."""
        while True:
            fatal_step = self._random.choice([0, self._random.randint(1, 60)])
            child = Child(self.data, self.folder.path, fatal_step)
            if child.alive:
                return child
            self._note("killed in recovery")

    def _compare(self) -> bool:
        """Asserts that the state is that of a new ingest; False if the process was killed before."""
        if (report := self.child.do(do="sync")) is None:
            self._restart("killed at a step")
            return False
        assert "full" not in report, self.history[-12:]
        questions = self.folder.questions()
        fresh_data = self._path / f"fresh{self.counts['compared']}"
        soaked = Soaked(fresh_data, self.folder.path, *self._models)
        soaked.sync()
        fresh = json.loads(json.dumps(soaked.state(questions)))
        soaked.close()
        shutil.rmtree(fresh_data)
        assert self.child.do(do="state", questions=questions) == fresh, self.history[-12:]
        assert fresh["inconsistencies"] == []
        self.counts["compared"] += 1
        return True

    def _note(self, event: str) -> None:
        self.history.append(event)
        self.counts[event] += 1


@pytest.mark.slow
@pytest.mark.timeout(60 + 15 * STEPS)
def test_the_index_stays_equal_to_the_folder(
    tmp_path: Path, embedder: OnnxEmbedder, reader: OnnxReader
) -> None:
    """Whatever changes, at whichever step the process is killed, with a full disk, with damaged indexes."""
    with mounted(tmp_path / "disk", megabytes=64) as disk:
        soak = Soak(tmp_path, disk, Random(SEED), embedder, reader)
        for number in range(STEPS):
            soak.step(number)
        soak.end()
    print(f"{STEPS} steps: {dict(soak.counts)}")
    kills = sum(count for event, count in soak.counts.items() if event.startswith("killed"))
    assert kills >= STEPS // 10
    assert soak.counts["full disk"] >= STEPS // 50
    assert soak.counts["damaged index"] >= STEPS // 50
