"""Example values of the OpenAPI document: the article of ``seeds/``, asked who demanded an apology."""

from __future__ import annotations

from typing import Any

_QUOTE = "He called for an apology from Homeland Security Secretary Kristi Noem."
_ANTECEDENT_QUOTE = (
    "Polk County, Florida, Sheriff Grady Judd expressed his displeasure, stating, "
    '"We’re their force multipliers, and this is the thanks we get for helping them do their job?"'
)
_CITATION: dict[str, Any] = {
    "document_id": "0523c1928b4bbce3",
    "version": "sha256:ca7b30bd14850bd432799cbb8567f32a1ca527077143113419ffabdb0c45b096",
    "title": "ICE Recruitment Sparks Fury! Are They Stealing Local Law Enforcement?",
    "uri": "seeds/000_d787e751175fd3e0.txt",
    "start": 1257,
    "end": 1327,
    "quote": _QUOTE,
    "prefix": 'for helping them do their job?" ',
    "suffix": "\nWhy the Recruitment Drive?\nRepo",
    "page": None,
    "section": ["ICE's Recruitment Tactics Raise Concerns"],
    "url": "/documents/0523c1928b4bbce3?version=ca7b30bd1485#1257-1327",
    "text_fragment": (
        "#:~:text=helping%20them%20do%20their%20job%3F%22-,He%20called%20for%20an%20apology%20from"
        "%20Homeland%20Security%20Secretary%20Kristi%20Noem."
    ),
    "columns": [],
    "likeliest": None,
}
_ANTECEDENT_CITATION: dict[str, Any] = {
    **_CITATION,
    "start": 1086,
    "end": 1256,
    "quote": _ANTECEDENT_QUOTE,
    "prefix": "t to lure away their personnel. ",
    "suffix": " He called for an apology from H",
    "url": "/documents/0523c1928b4bbce3?version=ca7b30bd1485#1086-1256",
    "text_fragment": (
        "#:~:text=to%20lure%20away%20their%20personnel.-,Polk%20County%2C%20Florida%2C%20Sheriff%20Grady"
        "%20Judd,for%20helping%20them%20do%20their%20job%3F%22,-He%20called%20for%20an%20apology%20from"
    ),
}
ANSWER: dict[str, Any] = {
    "id": "ans_a4a0eccffc9b4598aa14df6e2984592a",
    "question": "who demanded an apology?",
    "answered": True,
    "unit": "short_answer",
    "certainty": "sure",
    "confidence": 0.86,
    "short_answer_confidence": 0.72,
    "answer": "Sheriff Grady Judd",
    "statements": [
        {
            "text": f"He [Sheriff Grady Judd]{_QUOTE[2:]}",
            "citations": [0, 1],
            "role": "sentence",
        }
    ],
    "item_count": None,
    "unanswered": [],
    "drafted": False,
    "citations": [_CITATION, _ANTECEDENT_CITATION],
    "conflicts": [],
    "abstention": None,
    "reply": None,
    "asked_as": None,
    "trace": None,
}
ABSTENTION: dict[str, Any] = {
    **ANSWER,
    "question": "How tall is Grady Judd?",
    "answered": False,
    "unit": None,
    "certainty": None,
    "confidence": 0.04,
    "short_answer_confidence": None,
    "answer": None,
    "statements": [],
    "citations": [],
    "abstention": {
        "reason": "not_answered_here",
        "nearest": [{**_ANTECEDENT_CITATION, "likeliest": {"start": 1086, "end": 1256}}],
    },
}
FEEDBACK: dict[str, Any] = {
    "answer_id": ANSWER["id"],
    "helpful": True,
    "note": "Just what I needed.",
    "collection": "default",
    "question": ANSWER["question"],
    "answer": ANSWER["answer"],
    "citations": [
        {name: c[name] for name in ("document_id", "version", "start", "end")} for c in (_CITATION,)
    ],
    "at": "2026-01-31T12:00:00.000+00:00",
}
SUGGESTIONS: dict[str, Any] = {"collection": "default", "suggestions": ["Why the Recruitment Drive?"]}
TOKEN: dict[str, Any] = {"token": "eyJzY29wZSI6ImFzayJ9.aXx1Zw.c2lnbmF0dXJl", "seconds": 600}
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
    "characters": 2101,
    "passages": 3,
    "updated_at": "2026-01-31T12:00:00+00:00",
}
LISTING: dict[str, Any] = {"documents": [_SUMMARY], "next": None}
DOCUMENT: dict[str, Any] = {
    **{name: _SUMMARY[name] for name in ("id", "collection", "uri", "title", "media_type", "version")},
    "characters": 2101,
    "start": 0,
    "text": "ICE Recruitment Sparks Fury! Are They Stealing Local Law Enforcement?\n…",
    "sections": [{"start": 446, "end": 1328, "path": _CITATION["section"]}],
    "pages": [],
    "blocks": [{"start": 0, "end": 69, "kind": "heading"}],
    "original": {
        "name": "article.txt",
        "media_type": "text/plain",
        "size": 2163,
        "url": f"/v1/originals/{_CITATION['document_id']}",
        "has_pages": False,
    },
    "metadata": {},
}
PAGE_MARKS: dict[str, Any] = {
    "pages": [{"number": 3, "boxes": [{"left": 0.12, "top": 0.31, "width": 0.74, "height": 0.016}]}]
}
QUEUED_JOB: dict[str, Any] = {
    "id": "job_1f0e8a52c3b94d76a1f2b8c7d6e5f403",
    "kind": "upload",
    "state": "queued",
    "collection": "default",
    "created_at": "2026-01-31T12:00:00.120+00:00",
    "started_at": None,
    "ended_at": None,
    "total": 2,
    "done": 0,
    "counts": {},
    "results": [],
    "error": None,
}
DONE_JOB: dict[str, Any] = {
    **QUEUED_JOB,
    "state": "done",
    "started_at": "2026-01-31T12:00:00.130+00:00",
    "ended_at": "2026-01-31T12:00:01.204+00:00",
    "done": 2,
    "counts": {"added": 1, "failed": 1},
    "results": [
        {
            "uri": "uploads/travel.md",
            "outcome": "added",
            "document_id": "6d0f2b7c9a1e4f53",
            "reason": None,
        },
        {
            "uri": "uploads/empty.txt",
            "outcome": "failed",
            "document_id": None,
            "reason": "empty.txt is empty",
        },
    ],
}
CANCELLED_JOB: dict[str, Any] = {
    **QUEUED_JOB,
    "state": "cancelled",
    "ended_at": "2026-01-31T12:00:01.204+00:00",
}
COLLECTIONS: dict[str, Any] = {"collections": [{"name": "default", "documents": 1}]}
