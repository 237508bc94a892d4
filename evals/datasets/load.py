"""A data set: cases, the folder of documents they ask about, and the figures a run must reach.

Beside ``name.jsonl`` lies an optional ``name.toml``::

    documents = "seeds"      # folder, from this file or from the repository's root
    absent = "get it there"  # what to say where that folder is missing
    [at_least]
    answered_right = 0.90
    [at_most]
    errors = 0
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases import Case, DatasetError
from evals.cases import load as load_cases

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """``documents`` is None where the set names no folder; thresholds map a figure's name to its bound."""

    name: str
    cases: tuple[Case, ...]
    documents: Path | None = None
    absent: str = ""
    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)

    def folder(self) -> Path:
        """The documents' folder.

        Raises:
            DatasetError: none is named, or it isn't there.
        """
        if self.documents is None:
            raise DatasetError(f"{self.name} names no documents; say which data folder to ask")
        if not self.documents.is_dir():
            hint = f"; {self.absent}" if self.absent else ""
            raise DatasetError(f"{self.name}: there is no folder {self.documents}{hint}")
        return self.documents


class _Toml(BaseModel):
    model_config = ConfigDict(extra="forbid")
    documents: str | None = None
    absent: str = ""
    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}


def load(name: str | Path) -> Dataset:
    """A shipped data set by name ("seeds"), or one by the path of its ``.jsonl`` or ``.toml``.

    Raises:
        DatasetError: no such set, or a file of it can't be used.
    """
    cases_path = _cases_path(Path(name))
    toml_path = cases_path.with_suffix(".toml")
    spec = _spec(toml_path) if toml_path.is_file() else _Toml()
    return Dataset(
        name=cases_path.stem,
        cases=tuple(load_cases(cases_path)),
        documents=_folder(spec.documents, toml_path.parent),
        absent=spec.absent,
        at_least=spec.at_least,
        at_most=spec.at_most,
    )


def _cases_path(name: Path) -> Path:
    is_file = name.suffix in {".jsonl", ".toml"}
    path = name.with_suffix(".jsonl") if is_file else HERE / f"{name}.jsonl"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in HERE.glob("*.jsonl")))
        raise DatasetError(f"there is no data set {name} (shipped: {known}; or give a .jsonl file)")
    return path


def _spec(path: Path) -> _Toml:
    try:
        return _Toml.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: {error}") from None


def _folder(documents: str | None, beside: Path) -> Path | None:
    """From the file that names it, else from the repository's root."""
    if documents is None:
        return None
    near = beside / documents
    return near if near.is_dir() else (ROOT / documents).resolve()
