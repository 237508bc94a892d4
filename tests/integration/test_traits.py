"""Small files, each with one trait that real files have: what is stored of them, and what is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.wiring import ingest
from rag.settings import Settings
from rag.types import Abstention, Question
from rag.wiring import open_service
from tests.require import SHARED, require_shared

NAMES = sorted(path.parent.name for path in SHARED.glob("data/traits/*/case.json"))
ABSTAIN = "<abstain>"


@pytest.mark.skipif(bool(NAMES), reason="the traits are on this machine")
def test_the_traits_are_on_this_machine() -> None:
    """Where they are not, this is skipped with the reason, and fails in continuous integration."""
    require_shared("data", "traits", "README.md")


def failures(case: dict[str, Any], folder: Path, data: Path) -> list[str]:
    """What is not as a person expects, a line each."""
    lines = []
    with open_service(Settings(data=data)) as service:
        ingest(service, [folder])
        texts = [service.catalog.document(record.id).text for record in service.catalog.list("default")]
        stored = "\n".join(texts)
        lines += [f"not stored: {part!r}" for part in case.get("text_must_hold", ()) if part not in stored]
        lines += [f"stored: {part!r}" for part in case.get("text_must_not_hold", ()) if part in stored]
        for row in case["expected"]:
            outcome = service.engine.ask(Question(text=row["question"]))
            if row["accepted"] == [ABSTAIN]:
                if not isinstance(outcome, Abstention):
                    lines.append(f"{row['question']} answered: {outcome.text!r}")
                continue
            if isinstance(outcome, Abstention):
                lines.append(f"{row['question']} not answered")
                continue
            if not any(accepted.lower() in outcome.text.lower() for accepted in row["accepted"]):
                lines.append(f"{row['question']} answered: {outcome.text!r}")
            quotes = " ".join(citation.quote for citation in outcome.citations)
            if row.get("must_cite") and row["must_cite"].lower() not in quotes.lower():
                lines.append(f"{row['question']} cited: {quotes!r}")
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_stored_and_answered_as_a_person_expects(name: str, tmp_path: Path) -> None:
    """Text, answers and citations of one folder of the traits."""
    folder = SHARED / "data" / "traits" / name
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    files = tmp_path / "files"
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "case.json":
            target = files / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    assert failures(case, files, tmp_path / "data") == []
