"""The pages a person opens: ask a question, see a document with its place marked.

Each file is named here: nothing in a path ever reaches the file system.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from api import problems

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_NAMES = (
    "ask.html", "ask.js", "chat.css", "document.html", "document.js", "icon.svg", "layout.js",
    "playground.html", "playground.js", "positions.js", "service.js", "style.css",
)  # fmt: skip

router = APIRouter(include_in_schema=False)


def _file(name: str) -> Response:
    body = files("api").joinpath("pages", name).read_bytes()
    kind = _TYPES[name.rpartition(".")[2]]
    return Response(body, media_type=kind, headers={"Cache-Control": "no-cache"})


@router.get("/")
def ask_page() -> Response:
    """The widget at work."""
    return _file("ask.html")


@router.get("/playground")
def playground() -> Response:
    """The widget's attributes and custom properties, to try out."""
    return _file("playground.html")


@router.get("/documents/{document_id:path}")
def document_page(document_id: str) -> Response:  # noqa: ARG001 (the page's script reads it off the address)
    """A document's text; its script marks what the address names."""
    return _file("document.html")


@router.get("/pages/{name}")
def asset(name: str) -> Response:
    """A page's script, style or picture."""
    if name not in _NAMES:
        raise HTTPException(404)
    return _file(name)


@router.get("/problems/{slug}")
def problem_page(slug: str) -> Response:
    """What a problem's type means, in a line."""
    kind = problems.kinds().get(slug)
    if kind is None:
        raise HTTPException(404)
    again = f" Try again after {kind.retry_after} s." if kind.retry_after else ""
    return Response(f"{kind.status}: {kind.title}.{again}\n", media_type="text/plain")
