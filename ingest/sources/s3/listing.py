"""Answers of S3 in XML: a page of a bucket's objects, and errors."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

_MD5 = re.compile(r"[0-9a-f]{32}\Z")


class BadAnswer(ValueError):
    """An answer isn't what the protocol says; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredObject:
    """An object of a bucket. ``size`` is in bytes, ``etag`` without quotes."""

    key: str
    size: int
    etag: str
    modified: str

    @property
    def fingerprint(self) -> str:
        """Equal as long as the bytes are. An ETag that is an MD5 tells them; any other, as of an upload in
        parts, tells only a write, together with its time."""
        if _MD5.match(self.etag):
            return f"{self.etag} {self.size}"
        return f"{self.etag} {self.size} {self.modified}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectPage:
    """Up to 1,000 objects; ``next_token`` asks for those that follow, None: there are none."""

    objects: tuple[StoredObject, ...]
    next_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceError:
    """What a service says is wrong; empty where it says nothing."""

    code: str = ""
    message: str = ""
    region: str = ""


def read_page(data: bytes) -> ObjectPage:
    """A page of ``ListObjectsV2`` with ``encoding-type=url``. Raises BadAnswer."""
    root = _root(data)
    if root is None or _name(root) != "ListBucketResult":
        raise BadAnswer("it is no list of objects")
    is_encoded = _text(root, "EncodingType") == "url"
    objects = []
    for element in root.iterfind("{*}Contents"):
        key = _text(element, "Key")
        try:
            size = int(_text(element, "Size"))
        except ValueError:
            raise BadAnswer("an object has no size") from None
        objects.append(
            StoredObject(
                key=unquote_plus(key) if is_encoded else key,
                size=size,
                etag=_text(element, "ETag").strip('"'),
                modified=_text(element, "LastModified"),
            )
        )
    token = _text(root, "NextContinuationToken") or None
    is_cut_off = _text(root, "IsTruncated") == "true"
    if is_cut_off and token is None:
        raise BadAnswer("there are more objects, and it doesn't say where")
    return ObjectPage(objects=tuple(objects), next_token=token if is_cut_off else None)


def read_error(data: bytes) -> ServiceError:
    """The error of a body; an empty one where it is none."""
    root = _root(data)
    if root is None or _name(root) != "Error":
        return ServiceError()
    return ServiceError(
        code=_text(root, "Code")[:100],
        message=_text(root, "Message")[:300],
        region=_text(root, "Region")[:50],
    )


def _root(data: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()
