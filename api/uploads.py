"""Documents that are sent, out of a form or of JSON, each checked before any is queued.

Forms are read here and not by the framework: so that who may not write is turned away before a byte
of the body is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from api.media_type import media_type
from rag.errors import DocumentTooLarge, UnsupportedBody
from rag.ports.jobs import Upload
from rag.settings import LimitSettings
from rag.wire.documents import FormIn, TextsIn

_FIELDS = 10  # beside the files
_FIELD_BYTES = 100_000


async def received(request: Request, limits: LimitSettings) -> tuple[str, list[Upload]]:
    """The collection and the documents of a request.

    Raises:
        RequestValidationError: the body doesn't fit its schema.
        DocumentTooLarge: one of them is over the limit.
        HTTPException: a damaged form (400), too many bytes (413), or of another content type (415).
    """
    kind = media_type(request)
    if kind == "multipart/form-data":
        async with request.form(
            max_files=limits.upload_files, max_fields=_FIELDS, max_part_size=_FIELD_BYTES
        ) as form:
            return await _of_form(form, limits)
    if kind == "application/json":
        return _of_json(await request.body(), limits)
    raise UnsupportedBody("send documents as multipart/form-data or application/json")


async def _of_form(form: FormData, limits: LimitSettings) -> tuple[str, list[Upload]]:
    files = [value for name, value in form.multi_items() if name == "files" and isinstance(value, UploadFile)]
    texts = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    unknown = {
        name for name, value in form.multi_items() if name != "files" and isinstance(value, UploadFile)
    }
    given: dict[str, object] = {**texts, **dict.fromkeys(unknown, "a file"), "files": len(files)}
    if "metadata" in texts:
        given["metadata"] = _json("metadata", texts["metadata"])
    asked = _checked(FormIn, given)
    if asked.uri is not None and len(files) != 1:
        raise _fault("uri", "names one document: send one file with it")
    uploads = [await _upload(file, asked, limits) for file in files]
    return asked.collection, uploads


async def _upload(file: UploadFile, asked: FormIn, limits: LimitSettings) -> Upload:
    name = _file_name(file.filename or "")
    _require_size(name, file.size or 0, limits)
    return Upload(
        name=PurePosixPath(name).name,
        uri=asked.uri or f"uploads/{name}",
        data=await file.read(),
        media_type=file.content_type,
        metadata=asked.metadata,
    )


def _of_json(body: bytes, limits: LimitSettings) -> tuple[str, list[Upload]]:
    try:
        asked = TextsIn.model_validate_json(body)
    except ValidationError as error:
        raise _faults(error) from None
    uploads = []
    for text in asked.documents:
        data = text.text.encode("utf-8", "replace")
        uri = text.uri or f"texts/{sha256(data).hexdigest()[:16]}"
        _require_size(uri, len(data), limits)
        uploads.append(
            Upload(
                # No dot: the media type says how it is to be read, not what the uri ends with.
                name=PurePosixPath(uri).stem.replace(".", " ") or "text",
                uri=uri,
                data=data,
                media_type=text.media_type,
                title=text.title,
                metadata=text.metadata,
            )
        )
    return asked.collection, uploads


def _file_name(sent: str) -> str:
    """A name with its folders, as a browser sends those of a folder; nothing that climbs out of it."""
    parts = sent.replace("\\", "/").split("/")
    clean = ("".join(c for c in part if c.isprintable()).strip() for part in parts)
    return "/".join(part for part in clean if part not in ("", ".", "..")) or "unnamed"


def _require_size(name: str, size: int, limits: LimitSettings) -> None:
    if size > limits.document_bytes:
        raise DocumentTooLarge(f"{name} has {size:,} bytes; the limit is {limits.document_bytes:,}")


def _json(field: str, sent: str) -> object:
    try:
        return json.loads(sent)
    except ValueError:
        raise _fault(field, "not JSON") from None


def _checked(model: type[FormIn], given: Mapping[str, object]) -> FormIn:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _faults(error) from None


def _faults(error: ValidationError) -> RequestValidationError:
    found: Sequence[Mapping[str, object]] = error.errors(include_url=False)
    return RequestValidationError([{**one, "loc": _place(one)} for one in found])


def _place(fault: Mapping[str, object]) -> tuple[object, ...]:
    loc = fault["loc"]
    if fault["type"] == "json_invalid":
        return ("body", 0)
    return ("body", *(loc if isinstance(loc, tuple) else ()))


def _fault(field: str, why: str) -> RequestValidationError:
    return RequestValidationError([{"type": "value_error", "loc": ("body", field), "msg": why}])
