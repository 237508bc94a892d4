"""A server on loopback that speaks the part of Confluence's REST API that is asked for."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN, EMAIL = "token-5512", "ada@example.org"


@dataclass
class FakePage:
    """A page. ``under`` is the id of its parent; ``groups`` and ``users`` may read it, if any are given."""

    title: str
    html: str = "<p>Text.</p>"
    under: str = ""
    version: int = 1
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    space: str = "HR"


@dataclass
class FakeConfluence:
    """Pages by id, in order; ``at_once`` of them are in one answer.

    ``faults`` are statuses that the next requests are answered with, with headers. ``hidden`` pages can be
    asked for, and aren't listed.
    """

    pages: dict[str, FakePage] = field(default_factory=dict)
    at_once: int = 2
    context: str = "/wiki"
    next_has_context: bool = False
    url: str = ""
    faults: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    folders: dict[str, tuple[str, ...] | None] = field(default_factory=dict)  # readers, of what is no page
    asked: list[str] = field(default_factory=list)
    basic: bool = False

    def answer(self, path: str, authorization: str) -> tuple[int, Any]:
        """Status and JSON of a request."""
        login = b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        if authorization not in ("", f"Basic {login}" if self.basic else f"Bearer {TOKEN}"):
            return 401, {"message": "no"}
        parts = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        words = parts.path.removeprefix(f"{self.context}/rest/api/").split("/")
        match words:
            case ["user", "current"]:
                return 200, {"type": "known" if authorization else "anonymous"}
            case ["space", key]:
                spaces = {page.space for page in self.pages.values()} | {"HR"}
                return (200, {"key": key}) if key in spaces else (404, {})
            case ["content"]:
                return 200, self._listed(query)
            case ["content", page_id] if page_id in self.pages:
                return 200, self._page(page_id, query["expand"])
            case ["content", content_id, "restriction", "byOperation", "read"]:
                readers = self.folders.get(content_id, ("missing",))
                if content_id not in self.folders:
                    return 404, {}
                return 200, {"operation": "read", "restrictions": _subjects(readers or (), ())}
            case _:
                return 404, {}

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        ids = [
            key
            for key, page in self.pages.items()
            if page.space == query["spaceKey"] and key not in self.hidden
        ]
        start = int(query.get("start", "0"))
        part = ids[start : start + self.at_once]
        links = {"base": self.url, "context": self.context}
        if start + self.at_once < len(ids):
            context = self.context if self.next_has_context else ""
            more = f"spaceKey={query['spaceKey']}&start={start + self.at_once}&expand={query['expand']}"
            links["next"] = f"{context}/rest/api/content?{more}"
        return {"results": [self._page(key, query["expand"]) for key in part], "_links": links}

    def _page(self, page_id: str, expand: str) -> dict[str, Any]:
        page = self.pages[page_id]
        content: dict[str, Any] = {
            "id": page_id, "type": "page", "status": "current", "title": page.title,
            "space": {"key": page.space}, "version": {"number": page.version},
            "ancestors": [{"id": one, "title": self._title(one)} for one in self._above(page)],
        }  # fmt: skip
        if "restrictions.read.restrictions.user" in expand:
            subjects = _subjects(page.groups, page.users)
            content["restrictions"] = {"read": {"operation": "read", "restrictions": subjects}}
        if "body.export_view" in expand:
            content["body"] = {"export_view": {"value": page.html, "representation": "export_view"}}
        return content

    def _title(self, content_id: str) -> str:
        return self.pages[content_id].title if content_id in self.pages else "A folder"

    def _above(self, page: FakePage) -> list[str]:
        above: list[str] = []
        while page.under:
            above.insert(0, page.under)
            if page.under not in self.pages:
                break
            page = self.pages[page.under]
        return above


def _subjects(groups: tuple[str, ...], users: tuple[str, ...]) -> dict[str, Any]:
    named = [{"type": "group", "name": name} for name in groups]
    known = [{"type": "known", "accountId": name} for name in users]
    return {"user": {"results": known, "size": len(known)}, "group": {"results": named, "size": len(named)}}


@contextmanager
def served_confluence() -> Iterator[FakeConfluence]:
    """A Confluence without pages, served while the block runs."""
    fake = FakeConfluence()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            fake.asked.append(self.path)
            headers: dict[str, str] = {}
            if fake.faults:
                status, headers = fake.faults.pop(0)
                body = b"<html>Log in</html>"
            else:
                status, content = fake.answer(self.path, self.headers.get("Authorization", ""))
                body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    server = Server(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}{fake.context}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
