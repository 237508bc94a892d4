"""Fitting the score of support, and the claims and words it is fitted on."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals.cases.case import DatasetError
from evals.train.grounding.fit import Row, cited_for, fit, row
from evals.train.grounding.wice import Claim, read_claims
from evals.train.grounding.word_weights import paragraphs, word_weights
from rag.grounding.features import FEATURES
from rag.grounding.model import FILE, SupportModel

PAGE = ("(meta data) TITLE: The pump", "It runs for 10 hours.", "It is blue.")


def claim(**changes: object) -> Claim:
    """A supported claim on the pump, with changes."""
    fields = {"id": "a", "text": "It runs for ten hours.", "title": "Pump", "page": PAGE, "gold": (1,)}
    return Claim(**({**fields, "is_supported": True} | changes))  # type: ignore[arg-type]


def rows() -> list[Row]:
    """Supported ones with high features, others with low ones."""
    return [
        Row(
            features=tuple((1.0 if supported else 0.0) + 0.01 * number for _ in FEATURES),
            has_missing=not supported,
            is_supported=supported,
        )
        for supported in (True, False)
        for number in range(20)
    ]


def test_the_fit_tells_supported_from_others() -> None:
    """Its JSON loads, and its threshold keeps nearly all supported ones."""
    model = SupportModel.load(json.loads(json.dumps(fit(rows()))))
    supported = [model.probability(row.features) for row in rows() if row.is_supported]
    others = [model.probability(row.features) for row in rows() if not row.is_supported]
    assert min(supported) > max(others)
    assert sum(score >= model.threshold for score in supported) >= 0.9 * len(supported)


def test_the_packaged_model_has_todays_features() -> None:
    """In their order, with a weight for each."""
    data = json.loads(FILE.read_text("utf-8"))
    assert tuple(data["features"]) == FEATURES
    assert len(data["weight"]) == len(data["mean"]) == len(data["scale"]) == len(FEATURES)


def test_annotated_and_selected_evidence() -> None:
    """What people marked, and without a mark what is selected; titles are context."""
    assert cited_for(claim(gold=(2,)), "annotated") == (["It is blue."], ["Pump", PAGE[0]])
    assert cited_for(claim(gold=()), "annotated")[0] == ["It runs for 10 hours."]
    assert cited_for(claim(gold=(2,)), "selected")[0] == ["It runs for 10 hours."]
    assert row(claim(), "annotated").has_missing is False
    assert row(claim(text="It runs for 12 hours."), "annotated").has_missing is True


def test_claims_are_read(tmp_path: Path) -> None:
    """Supported is one class, the others the second; the marks of all annotators together."""
    folder = tmp_path / "support" / "wice"
    folder.mkdir(parents=True)
    data = {
        "label": "partially_supported",
        "claim": " It is blue. ",
        "evidence": list(PAGE),
        "supporting_sentences": [[2], [1, 2]],
        "meta": {"id": "dev1", "claim_title": "Pump"},
    }
    (folder / "dev.jsonl.gz").write_bytes(gzip.compress(json.dumps(data).encode() + b"\n"))
    [read] = read_claims(tmp_path, "dev")
    assert read == claim(id="dev1", text="It is blue.", gold=(1, 2), is_supported=False)
    with pytest.raises(DatasetError, match=r"test\.jsonl\.gz can't be read"):
        read_claims(tmp_path, "test")


def test_frequent_words_weigh_least(tmp_path: Path) -> None:
    """By paragraphs; code, paths and capitalised words are left out."""
    docs = tmp_path / "team" / "docs"
    docs.mkdir(parents=True)
    (docs / "a.md").write_text("use it\n\nuse a saw in Oslo\n\nwe use `planes` and src/main", "utf-8")
    weights = word_weights(paragraphs(tmp_path), size=2)
    assert weights == {"saw": 1.0, "use": 0.0}
