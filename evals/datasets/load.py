"""A data set: cases, the documents they ask about, and the figures a run must reach.

Beside ``name.jsonl`` (or ``.yaml``) lies an optional ``name.toml``::

    documents = "seeds"      # folder, from this file or, in a checkout of Saywhere, from its root
    absent = "get it there"  # what to say where that folder is missing
    [at_least]
    answered_right = 0.90
    [at_most]
    errors = 0

and, once accepted, ``name.baseline.json`` (``evals/run/saved_results.py``). A YAML file may hold these keys
itself, with its cases under ``cases``. A SQuAD file, a CLAPnq file, a BEIR folder or a folder with
``corpus.jsonl.gz`` brings its documents along.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from evals.cases.case import Case, DatasetError
from evals.cases.load import YAML_SUFFIXES, load_cases, read_text, read_yaml
from evals.datasets.beir import is_beir, read_beir
from evals.datasets.clapnq import is_clapnq, read_clapnq
from evals.datasets.gzipped import is_shared
from evals.datasets.gzipped import read as read_shared
from evals.datasets.published import Published
from evals.datasets.squad import read_squad
from rag.types import Document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
"""Of the checkout; in an installed package only a folder of packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """``documents`` is None where the set names no folder; thresholds map a figure's name to its bound.

    ``cases`` are those a person stands behind, ``drafts`` the rest. ``texts`` are documents that the
    set itself holds. ``path`` is where the cases were read from.
    """

    name: str
    cases: tuple[Case, ...]
    drafts: tuple[Case, ...] = ()
    path: Path | None = None
    documents: Path | None = None
    texts: tuple[Document, ...] = ()
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
    """A shipped data set by name ("seeds"), one by its path, or a published one by file or folder.

    Raises:
        DatasetError: no such set, or a file of it can't be used.
    """
    path = Path(name)
    published = _published(path)
    if published is not None:
        return Dataset(
            name=path.name.removesuffix(".json"),
            cases=tuple(query.case() for query in published.queries),
            texts=tuple(text.document() for text in published.texts),
        )
    cases_path = find(path)
    toml_path = cases_path.with_suffix(".toml")
    spec = _spec(cases_path, toml_path)
    every = load_cases(cases_path)
    return Dataset(
        name=cases_path.stem,
        cases=tuple(case for case in every if not case.draft),
        drafts=tuple(case for case in every if case.draft),
        path=cases_path,
        documents=_folder(spec.documents, toml_path.parent),
        absent=spec.absent,
        at_least=spec.at_least,
        at_most=spec.at_most,
    )


def find(name: Path) -> Path:
    """The file of a set's cases, by the name of a shipped set or by a path.

    Raises:
        DatasetError: there is none.
    """
    if name.suffix == ".toml":
        found = (name.with_suffix(end) for end in (".jsonl", *YAML_SUFFIXES))
        path = next((p for p in found if p.is_file()), name.with_suffix(".jsonl"))
    else:
        is_file = name.suffix in {".jsonl", *YAML_SUFFIXES}
        path = name if is_file else HERE / f"{name}.jsonl"
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in HERE.glob("*.jsonl")))
        raise DatasetError(f"there is no data set {name} (shipped: {known}; or give a .jsonl or .yaml file)")
    return path


def _published(path: Path) -> Published | None:
    if (HERE / f"{path}.jsonl").is_file():
        return None  # a shipped set's name, also where a folder of that name is near
    if path.is_dir():
        if is_shared(path):
            return read_shared(path)
        if is_beir(path):
            return read_beir(path)
        raise DatasetError(f"{path}: a folder, but not of a published set that can be read")
    if path.suffix == ".json" and path.is_file():
        return read_squad(path)
    if path.suffix == ".jsonl" and path.is_file() and is_clapnq(path):
        return read_clapnq(path)
    return None


def _spec(cases_path: Path, toml_path: Path) -> _Toml:
    if toml_path.is_file():
        return _checked(toml_path, _toml(toml_path))
    if cases_path.suffix in YAML_SUFFIXES:
        data = read_yaml(cases_path, read_text(cases_path))
        if isinstance(data, dict):
            return _checked(cases_path, {key: value for key, value in data.items() if key != "cases"})
    return _Toml()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: {error}") from None


def _checked(path: Path, data: Mapping[str, Any]) -> _Toml:
    try:
        return _Toml.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _folder(documents: str | None, beside: Path) -> Path | None:
    """From the file that names it; else, in a checkout, from its root."""
    if documents is None:
        return None
    near = beside / documents
    if near.is_dir():
        return near
    is_checkout = (ROOT / "pyproject.toml").is_file()
    return ((ROOT if is_checkout else beside) / documents).resolve()
