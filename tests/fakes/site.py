"""A web site on loopback, whose pages and faults a test sets."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What the site answers at a path. ``drip`` sends a byte each so many seconds; ``cut`` ends too early."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: bool = True
    drip: float = 0.0
    cut: bool = False


@dataclass
class FakeSite:
    """Pages by path, and the requests that were made: (path, headers)."""

    pages: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    url: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    def put(self, path: str, body: str | bytes, **more: Any) -> None:
        """A page; text that is no whole page becomes one."""
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Answer(body=data, **more)

    def page(self, path: str, text: str, *links: str, head: str = "", **more: Any) -> None:
        """An HTML page with a paragraph and links."""
        anchors = " ".join(f'<a href="{link}">{link}</a>' for link in links)
        title = path.strip("/") or "Start"
        html = (
            f"<!doctype html><html><head><title>{title}</title>{head}</head>"
            f"<body><main><h1>{title}</h1><p>{text}</p></main><nav>{anchors}</nav></body></html>"
        )
        self.put(path, html, **more)

    def sitemap(self, *paths: str, at: str = "/sitemap.xml") -> None:
        """A sitemap of these paths."""
        places = "".join(f"<url><loc>{self.url}{path}</loc></url>" for path in paths)
        xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
        self.put(at, xml, type="application/xml")

    def asked(self) -> list[str]:
        """The paths asked for since the last call, robots.txt left out."""
        paths = [path for path, _ in self.requests if path != "/robots.txt"]
        self.requests.clear()
        return paths


@contextmanager
def served_site() -> Iterator[FakeSite]:
    """A site with no pages, served while the block runs."""
    site = FakeSite()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
            answer = site.pages.get(self.path, Answer(b"not here", 404, etag=False))
            tag = f'"{sha256(answer.body).hexdigest()[:12]}"'
            is_same = answer.etag and answer.status == 200 and self.headers.get("If-None-Match") == tag
            body = b"" if is_same else answer.body
            self.send_response(304 if is_same else answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.etag:
                self.send_header("ETag", tag)
            self.send_header("Content-Type", answer.type)
            self.send_header("Content-Length", str(len(body) + (10 if answer.cut else 0)))
            self.end_headers()
            self._send(answer, body)

        def _send(self, answer: Answer, body: bytes) -> None:
            try:
                if not answer.drip:
                    self.wfile.write(body)
                for byte in body if answer.drip else b"":
                    if site.stop.wait(answer.drip):
                        break
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
            except OSError:
                self.close_connection = True
            if answer.cut:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that goes away is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        site.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()
