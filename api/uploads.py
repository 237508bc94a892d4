"""Reads the documents of an upload from a form or from JSON, and checks each before any is queued.

The body is read here and not by FastAPI, so that a client without write access is refused before any of
its body is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.json_body import check_bounds, parse
from api.media_type import media_type
from api.upload_names import distinct_uris, relative_path
from ingest.formats.registry import format_by_name
from ingest.formats.sniff import HEAD_BYTES
from rag.errors import DocumentTooLarge, UnsupportedBody, UnsupportedFormat
from rag.ports.jobs import Upload
from rag.settings import LimitSettings
from rag.wire.documents import MAX_TEXTS, FormIn, TextsIn

_MAX_FIELDS = 10  # of a form, beside its files
_MAX_FIELD_BYTES = 100_000
_MAX_PATH = 400  # characters of a file's path
_TOKENS_PER_TEXT = 200  # brackets, commas, colons and strings of one in JSON, with 20 pairs of metadata

OPENAPI_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {
                    "files": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "minItems": 1,
                    },
                    "collection": {
                        "type": "string",
                        "default": "default",
                        "minLength": 1,
                        "maxLength": 64,
                        "description": "at most 150 bytes in UTF-8",
                    },
                    "uri": {
                        "type": "string",
                        "minLength": 1,
                        "maxLength": 500,
                        "description": "for a single file: names the document",
                    },
                    "metadata": {
                        "type": "string",
                        "maxLength": _MAX_FIELD_BYTES,
                        "description": "a JSON object of at most 20 strings, with names of up to 100 and "
                        "values of up to 1,000 characters",
                    },
                },
                "additionalProperties": False,
            }
        },
        "application/json": {"schema": {"$ref": "#/components/schemas/TextsIn"}},
    },
}
"""The request body's OpenAPI entry, which FastAPI can't infer from a route that reads its own body."""


async def read_uploads(request: Request, limits: LimitSettings) -> tuple[str, list[Upload]]:
    """The collection and the documents of a request.

    Raises:
        RequestValidationError: the body doesn't fit its schema.
        DocumentTooLarge: a document is over the limit.
        UnsupportedFormat: a file is in no format that can be read.
        UnsupportedBody: it is neither a form nor JSON.
        HTTPException: a damaged form (400), or too many bytes (413).
    """
    content_type = media_type(request)
    if content_type == "multipart/form-data":
        async with request.form(
            max_files=limits.upload_files, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
        ) as form:
            return await _from_form(form, limits)
    if content_type == "application/json":
        return await run_in_threadpool(_from_json, await request.body(), limits)
    raise UnsupportedBody("send documents as multipart/form-data or application/json")


async def _from_form(form: FormData, limits: LimitSettings) -> tuple[str, list[Upload]]:
    files = [value for name, value in form.multi_items() if name == "files" and isinstance(value, UploadFile)]
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    unknown = {
        name for name, value in form.multi_items() if name != "files" and isinstance(value, UploadFile)
    }
    values: dict[str, object] = {**texts, **dict.fromkeys(unknown, "a file"), "files": len(files)}
    if "metadata" in texts:
        values["metadata"] = _parse_metadata(texts["metadata"])
    fields = _form_fields(values)
    if fields.uri is not None and len(files) != 1:
        raise _invalid_field("uri", "names one document: send one file with it")
    paths = [_path(file) for file in files]
    heads = [await _head(file) for file in files]
    _require_formats(
        [(path, file.content_type, head) for path, file, head in zip(paths, files, heads, strict=True)]
    )
    for path, file in zip(paths, files, strict=True):
        _require_size(path, file.size or 0, limits)
    contents = [await file.read() for file in files]
    uris = [fields.uri] if fields.uri else distinct_uris(zip(paths, contents, strict=True))
    return fields.collection, [
        Upload(
            name=PurePosixPath(path).name,
            uri=uri,
            data=data,
            media_type=file.content_type,
            metadata=fields.metadata,
        )
        for path, uri, data, file in zip(paths, uris, contents, files, strict=True)
    ]


def _path(file: UploadFile) -> str:
    try:
        path = relative_path(file.filename or "")
    except ValueError as error:
        raise _invalid_field("files", str(error)) from None
    if len(path) > _MAX_PATH:
        raise _invalid_field("files", f"a path of {len(path):,} characters; at most {_MAX_PATH} are taken")
    return path


def _from_json(body: bytes, limits: LimitSettings) -> tuple[str, list[Upload]]:
    check_bounds(body, max_tokens=_TOKENS_PER_TEXT * MAX_TEXTS)
    try:
        texts = TextsIn.model_validate_json(body)
    except ValidationError as error:
        raise _invalid_body(error) from None
    uploads = []
    for text in texts.documents:
        data = text.text.encode("utf-8", "replace")
        uri = text.uri or f"texts/{sha256(data).hexdigest()[:16]}"
        _require_size(uri, len(data), limits)
        uploads.append(
            Upload(
                # Without a dot: the format follows from the media type, not from the end of the uri.
                name=PurePosixPath(uri).stem.replace(".", " ") or "text",
                uri=uri,
                data=data,
                media_type=text.media_type,
                title=text.title,
                metadata=text.metadata,
            )
        )
    return texts.collection, uploads


def _require_size(name: str, size: int, limits: LimitSettings) -> None:
    if size > limits.document_bytes:
        raise DocumentTooLarge(f"{name} has {size:,} bytes; the limit is {limits.document_bytes:,}")


async def _head(file: UploadFile) -> bytes:
    """The first bytes of a file, which tell whether it is text."""
    head = await file.read(HEAD_BYTES)
    await file.seek(0)
    return head


def _require_formats(files: Sequence[tuple[str, str | None, bytes]]) -> None:
    """Names every file in no format that can be read, so that a client can leave them all out.

    Args:
        files: a name, a media type and the first bytes of each.
    """
    faults: list[tuple[str, UnsupportedFormat]] = []
    for name, kind, head in files:
        try:
            format_by_name(PurePosixPath(name).name, kind, head)
        except UnsupportedFormat as error:
            faults.append((name, error))
    if faults:
        more = "; nor can " + ", ".join(name for name, _ in faults[1:]) if len(faults) > 1 else ""
        raise UnsupportedFormat(f"{faults[0][1]}{more}. Nothing was taken")


def _parse_metadata(text: str) -> object:
    try:
        return parse(text)
    except ValueError:
        raise _invalid_field("metadata", "not JSON") from None
    except HTTPException as error:  # out of bounds
        raise _invalid_field("metadata", error.detail) from None


def _form_fields(values: Mapping[str, object]) -> FormIn:
    try:
        return FormIn.model_validate(values)
    except ValidationError as error:
        raise _invalid_body(error) from None


def _invalid_body(error: ValidationError) -> RequestValidationError:
    """The error with locations that begin with ``body``, as FastAPI gives them."""
    details: Sequence[Mapping[str, object]] = error.errors(include_url=False)
    return RequestValidationError([{**detail, "loc": _location(detail)} for detail in details])


def _location(detail: Mapping[str, object]) -> tuple[object, ...]:
    loc = detail["loc"]
    if detail["type"] == "json_invalid":
        return ("body", 0)
    return ("body", *(loc if isinstance(loc, tuple) else ()))


def _invalid_field(field: str, message: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": message}])
