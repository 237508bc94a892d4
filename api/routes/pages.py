"""The HTML pages: ask a question, try the widget, read a document with a cited span marked, the team's page.

Every file is listed here, so that no part of a requested path reaches the file system.
"""

from __future__ import annotations

from importlib.resources import files

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from api.problems.kinds import kinds

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_NAMES = (
    "admin-documents.js", "admin-dom.js", "admin-explain.js", "admin-jobs.js", "admin-keys.js",
    "admin-questions.js", "admin-service.js", "admin-status.js", "admin-upload.js", "admin.css",
    "admin.html", "admin.js", "api-values.js", "api.css", "api.html", "api.js", "ask.html", "ask.js",
    "blocks.js", "chat.css",
    "document.css", "document.html", "document.js", "icon.svg", "layout.js", "page-view.js",
    "playground.html", "playground.js", "positions.js", "service.js", "style.css", "text-writer.js",
)  # fmt: skip

router = APIRouter(include_in_schema=False)


def _file(name: str) -> Response:
    body = files("api").joinpath("pages", name).read_bytes()
    media_type = _TYPES[name.rpartition(".")[2]]
    return Response(body, media_type=media_type, headers={"Cache-Control": "no-cache"})


@router.get("/")
def ask_page() -> Response:
    """The page with the widget."""
    return _file("ask.html")


@router.get("/playground")
def playground() -> Response:
    """The page to try the widget's attributes and custom properties."""
    return _file("playground.html")


@router.get("/docs")
def api_page() -> Response:
    """The API's documentation, drawn from ``/openapi.json``; it loads nothing from elsewhere."""
    return _file("api.html")


@router.get("/admin")
def admin_page() -> Response:
    """The team's page: it holds nothing itself; what it requests needs the API key, or this machine."""
    return _file("admin.html")


@router.get("/documents/{document_id:path}")
def document_page(document_id: str) -> Response:  # noqa: ARG001 (the page's script reads the address)
    """The page of a document; its script marks the span that the address names."""
    return _file("document.html")


@router.get("/pages/{name}")
def asset(name: str) -> Response:
    """A page's script, style sheet or icon."""
    if name not in _NAMES:
        raise HTTPException(404)
    return _file(name)


@router.get("/problems/{slug}")
def problem_page(slug: str) -> Response:
    """The meaning of a problem's type, in one line."""
    kind = kinds().get(slug)
    if kind is None:
        raise HTTPException(404)
    retry = f" Try again after {kind.retry_after} s." if kind.retry_after else ""
    return Response(f"{kind.status}: {kind.title}.{retry}\n", media_type="text/plain")
