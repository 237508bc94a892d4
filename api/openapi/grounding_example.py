"""Example value of a checked text: two sentences on the article of ``seeds/``."""

from __future__ import annotations

from typing import Any

from api.openapi.examples import ANSWER

_SUPPORTED = "Sheriff Grady Judd called for an apology from Kristi Noem."
_CONTRADICTED = "He called for an apology from Homeland Security Secretary Tom Homan."
_NAME = "Tom Homan"
_AT = _CONTRADICTED.index(_NAME)

GROUNDING: dict[str, Any] = {
    "sentences": [
        {
            "text": _SUPPORTED,
            "start": 0,
            "end": len(_SUPPORTED),
            "verdict": "supported",
            "score": 0.81,
            "missing": [],
            "citations": [0, 1],
            "quotes": [],
        },
        {
            "text": _CONTRADICTED,
            "start": len(_SUPPORTED) + 1,
            "end": len(_SUPPORTED) + 1 + len(_CONTRADICTED),
            "verdict": "contradicted",
            "score": 0.55,
            "missing": [{"kind": "name", "text": _NAME, "start": _AT, "end": _AT + len(_NAME)}],
            "citations": [0, 1],
            "quotes": [],
        },
    ],
    "citations": ANSWER["citations"],
}
