"""The page of the documentation about checking a text: its example is real, its tables are complete."""

from __future__ import annotations

import json
import re
from pathlib import Path

from starlette.testclient import TestClient

from rag.grounding.facts import FactKind
from rag.grounding.verdict import Verdict
from rag.wire.grounding import CheckedSentenceOut, CheckGroundingIn

PAGE = (Path(__file__).parents[2] / "docs" / "grounding.md").read_text(encoding="utf-8")
REQUEST, RESPONSE = map(json.loads, re.findall(r"```json\n(.+?)```", PAGE, re.DOTALL))


def test_the_example_is_the_real_response(client: TestClient) -> None:
    """Its scores to two decimals, as they change when they are fitted again."""
    shown, got = RESPONSE, client.post("/v1/check-grounding", json=REQUEST).json()
    for sentence in (*shown["sentences"], *got["sentences"]):
        sentence["score"] = round(sentence["score"], 2)
    assert got == shown


def test_every_verdict_field_and_kind_is_described() -> None:
    """Of the request and of a sentence."""
    fields = {*CheckGroundingIn.model_fields, *CheckedSentenceOut.model_fields} - {"verdict"}
    assert [name for name in sorted(fields) if f"`{name}`" not in PAGE] == []
    assert [verdict for verdict in Verdict if f"| `{verdict}` |" not in PAGE] == []
    assert [kind for kind in FactKind if f"`{kind}`" not in PAGE] == []
