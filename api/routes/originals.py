"""The files that documents were read from: to download, and the pages of PDFs to look at.

What a file holds is never run by a browser here: it is sent as a download, under a policy that allows
nothing. A PDF is shown as images of its pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.responses import StreamingResponse

from api.openapi.problem_responses import ACCESS_ERRORS, problem_responses
from api.page_views import PageViews
from api.security.access import ReadBackend
from rag.errors import Busy, DeadlineExceeded, NoOriginal, UnknownDocument, UnreadableDocument
from rag.types import Span
from rag.wire.convert import version_in
from rag.wire.documents import BoxOut, PageMarksList, PageMarksOut

router = APIRouter(prefix="/v1", tags=["documents"])

_CHUNK_BYTES = 65_536
_OCTETS = "application/octet-stream"
_OFFICE = "application/vnd.openxmlformats-officedocument"
# Sent as what they are, so that the right program opens them; all others, HTML and XML among them, as bytes.
_TYPES = frozenset(
    {
        "application/pdf", "application/epub+zip", "application/zip", "application/rtf", "text/csv",
        "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.presentation", "application/vnd.ms-excel",
        f"{_OFFICE}.wordprocessingml.document", f"{_OFFICE}.presentationml.presentation",
        f"{_OFFICE}.spreadsheetml.sheet",
    }
)  # fmt: skip
_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}

Version = Annotated[
    str | None, Query(description="the document's version; another one than the current is a 404")
]


@router.get(
    "/originals/{document_id:path}",
    response_class=Response,
    responses={
        200: {"content": {_OCTETS: {"schema": {"type": "string", "format": "binary"}}}},
        **problem_responses(*ACCESS_ERRORS, UnknownDocument, NoOriginal, statuses=(400,)),
    },
)
def original(document_id: str, backend: ReadBackend) -> Response:
    """The file that a document was read from, as a download."""
    record = backend.catalog.original(document_id)
    files = backend.original_files
    file = files.open(record.sha256) if files is not None and record is not None else None
    if record is None or file is None:
        backend.catalog.document(document_id)  # which may be unknown
        raise NoOriginal(f"no file of document {document_id!r} is kept")
    headers = {"Content-Disposition": _attachment(record.name), "Content-Length": str(record.size)}
    media_type = record.media_type if record.media_type in _TYPES else _OCTETS
    return StreamingResponse(_chunks(file), media_type=media_type, headers=headers | _HEADERS)


@router.get(
    "/page-images/{document_id:path}",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
        **problem_responses(
            *ACCESS_ERRORS,
            UnknownDocument,
            NoOriginal,
            UnreadableDocument,
            Busy,
            DeadlineExceeded,
            statuses=(400,),
        ),
    },
)
async def page_image(
    document_id: str,
    request: Request,
    backend: ReadBackend,
    page: Annotated[int, Query(ge=1, le=100_000, description="counted from 1")] = 1,
    version: Version = None,
) -> Response:
    """A page of the PDF that a document was read from, as a PNG image."""
    views = PageViews(backend=backend, limiter=request.app.state.drawing)
    image = await views.image(document_id, version_in(version) if version else None, page)
    return Response(image, media_type="image/png", headers=_HEADERS)


@router.get(
    "/page-marks/{document_id:path}",
    responses=problem_responses(
        *ACCESS_ERRORS,
        UnknownDocument,
        NoOriginal,
        UnreadableDocument,
        Busy,
        DeadlineExceeded,
        statuses=(400,),
    ),
)
async def page_marks(
    document_id: str,
    request: Request,
    backend: ReadBackend,
    start: Annotated[int, Query(ge=0, description="where the quote begins in the text, in code points")],
    end: Annotated[int, Query(ge=0, description="where it ends")],
    version: Version = None,
) -> PageMarksList:
    """Where a quote stands on the pages of the PDF that a document was read from."""
    if end < start:
        fault = {"type": "value_error", "loc": ("query", "end"), "msg": "lies before start"}
        raise RequestValidationError([fault])
    views = PageViews(backend=backend, limiter=request.app.state.drawing)
    pages = await views.marks(document_id, version_in(version) if version else None, Span(start, end))
    return PageMarksList(
        pages=[
            PageMarksOut(
                number=page.number,
                boxes=[
                    BoxOut(left=box.left, top=box.top, width=box.width, height=box.height)
                    for box in page.boxes
                ],
            )
            for page in pages
        ]
    )


def _attachment(name: str) -> str:
    """A Content-Disposition (RFC 6266) for a download under this name, whatever is in it."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='', errors='replace')}"


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK_BYTES):
            yield chunk
