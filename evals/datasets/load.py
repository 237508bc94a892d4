"""A data set: cases, the documents they ask about, and the bounds of a run's figures.

Beside ``name.jsonl`` (or ``.yaml``) lies an optional ``name.toml``::

    documents = "seeds"      # folder, from this file or, in a checkout of Saywhere, from its root
    absent = "get it there"  # how to get that folder, for the error message
    each_case = false        # the set only measures: where every case would have to pass, none has to
    [at_least]
    answered_right = 0.90
    [at_most]
    errors = 0

and, once accepted, ``name.baseline.json`` (``evals/run/saved_results.py``). A YAML file may hold these keys
itself, with its cases under ``cases``. A SQuAD file, a CLAPnq file, a BEIR folder or a folder with
``corpus.jsonl.gz`` brings its documents along. A folder with ``docs/`` and ``queries.jsonl`` is a set too,
with ``queries.toml`` and ``queries.baseline.json`` where they are there.
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
from evals.datasets.colleague import DOCUMENTS, QUERIES, is_colleague_set, read_colleague_cases
from evals.datasets.gzipped import is_gzipped_set, read_gzipped_set
from evals.datasets.published import PublishedSet
from evals.datasets.squad import read_squad
from rag.types import Document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
"""Of the checkout; in an installed package only a folder of packages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Cases with their documents and bounds.

    ``drafts`` are the cases that no person has checked yet. The documents lie in ``document_folder``, or a
    published set brings them along as ``documents``. ``path`` is the file of the cases. ``at_least`` and
    ``at_most`` are bounds by the name of a figure. In a set that only measures, ``each_case`` is False.
    """

    name: str
    cases: tuple[Case, ...]
    drafts: tuple[Case, ...] = ()
    path: Path | None = None
    document_folder: Path | None = None
    documents: tuple[Document, ...] = ()
    absent: str = ""
    at_least: Mapping[str, float] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    each_case: bool = True

    def folder(self) -> Path:
        """The documents' folder.

        Raises:
            DatasetError: none is named, or it isn't there.
        """
        if self.document_folder is None:
            raise DatasetError(f"{self.name} names no documents; say which data folder to ask")
        if not self.document_folder.is_dir():
            hint = f"; {self.absent}" if self.absent else ""
            raise DatasetError(f"{self.name}: there is no folder {self.document_folder}{hint}")
        return self.document_folder


class _Options(BaseModel):
    """The keys of the TOML file."""

    model_config = ConfigDict(extra="forbid")
    documents: str | None = None
    absent: str = ""
    at_least: dict[str, float] = {}
    at_most: dict[str, float] = {}
    each_case: bool = True


def load(name: str | Path) -> Dataset:
    """A shipped data set by name ("seeds"), one by its path, or one of another form by file or folder.

    Raises:
        DatasetError: no such set, or a file of it can't be used.
    """
    path = Path(name)
    is_shipped = (HERE / f"{path}.jsonl").is_file()  # its name, even where there is a folder of that name
    if not is_shipped and is_colleague_set(path):
        return _colleague_set(path)
    published = None if is_shipped else _published(path)
    if published is not None:
        return Dataset(
            name=path.name.removesuffix(".json"),
            cases=tuple(query.case() for query in published.queries),
            documents=tuple(document.document() for document in published.documents),
        )
    cases_path = find(path)
    toml_path = cases_path.with_suffix(".toml")
    options = _options(cases_path, toml_path)
    cases = load_cases(cases_path)
    return Dataset(
        name=cases_path.stem,
        cases=tuple(case for case in cases if not case.draft),
        drafts=tuple(case for case in cases if case.draft),
        path=cases_path,
        document_folder=_folder(options.documents, toml_path.parent),
        absent=options.absent,
        at_least=options.at_least,
        at_most=options.at_most,
        each_case=options.each_case,
    )


def find(name: Path) -> Path:
    """The file of a set's cases, by the name of a shipped set or by a path.

    Raises:
        DatasetError: there is none.
    """
    if name.suffix == ".toml":
        files = (name.with_suffix(suffix) for suffix in (".jsonl", *YAML_SUFFIXES))
        path = next((file for file in files if file.is_file()), name.with_suffix(".jsonl"))
    else:
        is_file = name.suffix in {".jsonl", *YAML_SUFFIXES}
        path = name if is_file else HERE / f"{name}.jsonl"
    if not path.is_file():
        shipped = ", ".join(sorted(file.stem for file in HERE.glob("*.jsonl")))
        raise DatasetError(
            f"there is no data set {name} (shipped: {shipped}; or give a .jsonl or .yaml file)"
        )
    return path


def _colleague_set(folder: Path) -> Dataset:
    path = folder / QUERIES
    options = _options(path, path.with_suffix(".toml"))
    return Dataset(
        name=folder.resolve().name,
        cases=tuple(read_colleague_cases(folder)),
        path=path,
        document_folder=folder / DOCUMENTS,
        at_least=options.at_least,
        at_most=options.at_most,
        each_case=options.each_case,
    )


def _published(path: Path) -> PublishedSet | None:
    if path.is_dir():
        if is_gzipped_set(path):
            return read_gzipped_set(path)
        if is_beir(path):
            return read_beir(path)
        raise DatasetError(f"{path}: a folder, but of no set that can be read")
    if path.suffix == ".json" and path.is_file():
        return read_squad(path)
    if path.suffix == ".jsonl" and path.is_file() and is_clapnq(path):
        return read_clapnq(path)
    return None


def _options(cases_path: Path, toml_path: Path) -> _Options:
    if toml_path.is_file():
        return _checked(toml_path, _toml(toml_path))
    if cases_path.suffix in YAML_SUFFIXES:
        data = read_yaml(cases_path, read_text(cases_path))
        if isinstance(data, dict):
            return _checked(cases_path, {key: value for key, value in data.items() if key != "cases"})
    return _Options()


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: {error}") from None


def _checked(path: Path, data: Mapping[str, Any]) -> _Options:
    try:
        return _Options.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise DatasetError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None


def _folder(documents: str | None, parent: Path) -> Path | None:
    """The folder of documents: from the file that names it; else, in a checkout, from its root."""
    if documents is None:
        return None
    folder = parent / documents
    if folder.is_dir():
        return folder
    is_checkout = (ROOT / "pyproject.toml").is_file()
    return ((ROOT if is_checkout else parent) / documents).resolve()
