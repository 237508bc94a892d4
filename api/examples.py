"""What the OpenAPI page shows: the article of seeds/, asked who demanded an apology."""

from __future__ import annotations

from typing import Any

_QUOTE = "He called for an apology from Homeland Security Secretary Kristi Noem."
_CITATION: dict[str, Any] = {
    "document_id": "d787e751175fd3e0",
    "version": "sha256:9f3c…",
    "title": "ICE Recruitment Sparks Fury!",
    "uri": "seeds/000_d787e751175fd3e0.txt",
    "start": 1139,
    "end": 1139 + len(_QUOTE),
    "quote": _QUOTE,
    "prefix": "for helping them do their job?” ",
    "suffix": "\nWhy the Recruitment Drive?",
    "page": None,
    "section": ["ICE's Recruitment Tactics Raise Concerns"],
    "url": f"/documents/d787e751175fd3e0#1139-{1139 + len(_QUOTE)}",
    "text_fragment": "#:~:text=He%20called%20for%20an%20apology",
}
ANSWER: dict[str, Any] = {
    "id": "ans_0b6f6dc3c8a14c2c9d1f6a3f5f7f2a10",
    "question": "Who demanded an apology?",
    "answered": True,
    "confidence": 0.93,
    "answer": "Grady Judd",
    "statements": [{"text": _QUOTE, "citations": [0]}],
    "citations": [_CITATION],
    "conflicts": [],
    "abstention": None,
    "trace": None,
}
ABSTENTION: dict[str, Any] = {
    **ANSWER,
    "question": "How tall is Grady Judd?",
    "answered": False,
    "confidence": 0.04,
    "answer": None,
    "statements": [],
    "citations": [],
    "abstention": {"reason": "not_answered_here", "nearest": [_CITATION]},
}
SEARCH: dict[str, Any] = {
    "query": "who demanded an apology?",
    "collection": "default",
    "results": [{"citation": _CITATION, "scores": {"fused": 1.31, "dense": 0.52, "lexical": 7.9}}],
}
_SUMMARY: dict[str, Any] = {
    "id": _CITATION["document_id"],
    "collection": "default",
    "uri": _CITATION["uri"],
    "title": _CITATION["title"],
    "media_type": "text/plain",
    "version": _CITATION["version"],
    "characters": 2893,
    "passages": 5,
    "updated_at": "2026-01-31T12:00:00+00:00",
}
LISTING: dict[str, Any] = {"documents": [_SUMMARY], "next": None}
DOCUMENT: dict[str, Any] = {
    **{name: _SUMMARY[name] for name in ("id", "collection", "uri", "title", "media_type", "version")},
    "text": "ICE Recruitment Sparks Fury! …",
    "sections": [{"start": 0, "end": 2893, "path": ["ICE Recruitment Sparks Fury!"]}],
    "pages": [],
    "metadata": {},
}
