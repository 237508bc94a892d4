"""Random changes of a folder, and a process killed at random steps: the index stays equal to the folder.

After each restart, passages and answers are compared with those of a new ingest of the folder.
``SOAK_STEPS=200`` (``make soak``) is the long run; ``SOAK_SEED`` sets another seed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rag.adapters.onnx.embedder import OnnxEmbedder
from rag.adapters.onnx.reader import OnnxReader
from tests.integration.soak_child import Service

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
        self.alive = self._line() == "recovered"

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


@pytest.mark.slow
@pytest.mark.timeout(60 + 15 * STEPS)
def test_the_index_stays_equal_to_the_folder(
    tmp_path: Path, embedder: OnnxEmbedder, reader: OnnxReader
) -> None:
    """Whatever changes, at whichever step the process is killed."""
    random = Random(SEED)
    (tmp_path / "notes").mkdir()
    folder = Folder(tmp_path / "notes", random)
    history: list[str] = []
    compared = kills = 0

    def fatal_step() -> int:
        """Half of the processes are killed at a storage step, some of them in recovery."""
        return random.choice([0, random.randint(1, 60)])

    def start() -> Child:
        child = Child(tmp_path / "data", folder.path, fatal_step())
        while not child.alive:
            history.append("killed in recovery")
            child = Child(tmp_path / "data", folder.path, fatal_step())
        return child

    def compare(child: Child) -> bool:
        """Asserts that the child's state is that of a new ingest; False if its sync killed the child."""
        if child.do(do="sync") is None:
            return False
        questions = folder.questions()
        service = Service(tmp_path / f"fresh{compared}", folder.path, embedder, reader)
        service.sync()
        fresh = json.loads(json.dumps(service.state(questions)))
        service.close()
        assert child.do(do="state", questions=questions) == fresh, history[-12:]
        assert fresh["inconsistencies"] == []
        return True

    child = start()
    for step in range(STEPS):
        history.append(f"{step}: {folder.change()}")
        for _ in range(random.choice([0, 0, 1, 3])):  # several changes before a sync
            history.append(f"{step}: {folder.change()}")
        died = True
        match random.choices(["at a step", "during", "between"], [8, 1, 1])[0]:
            case "at a step":
                died = child.do(do="sync") is None
            case "during":
                child.kill_during(random.uniform(0, 0.2), do="sync")
            case _:
                child.kill()
        while died:
            kills += 1
            history.append(f"{step}: killed")
            child = start()
            died = not compare(child)
            compared += not died
    child.kill()
    child = Child(tmp_path / "data", folder.path, 0)
    assert compare(child)
    child.close()
    print(f"{STEPS} steps, {kills} kills, {compared + 1} times compared")
    assert kills >= STEPS // 10
