"""Model ids: ``saywhere`` asks the default collection, ``saywhere/NAME`` another one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rag.errors import UnknownCollection
from rag.types import DEFAULT_COLLECTION
from rag.wire.base import Out

MODEL = "saywhere"


class ModelOut(Out):
    """A model, which is a collection of documents that can be asked."""

    id: str
    object: Literal["model"] = "model"
    created: int = 0
    owned_by: str = MODEL


class ModelList(Out):
    """The models."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


def model_list(collections: Iterable[str]) -> ModelList:
    """A model for the default collection, then one for each other by name."""
    others = sorted(set(collections) - {DEFAULT_COLLECTION})
    return ModelList(data=[ModelOut(id=model_id(name)) for name in (DEFAULT_COLLECTION, *others)])


def model_id(collection: str) -> str:
    """The id of the model that asks a collection.

    >>> model_id("default"), model_id("hr")
    ('saywhere', 'saywhere/hr')
    """
    return MODEL if collection == DEFAULT_COLLECTION else f"{MODEL}/{collection}"


def collection_of(model: str) -> str:
    """The collection that a model asks.

    Raises:
        UnknownCollection: no model can have this id.
    """
    name, slash, collection = model.partition("/")
    if name != MODEL or (slash and not collection):
        raise UnknownCollection(f"there is no model {model!r}; GET /v1/models lists them")
    return collection or DEFAULT_COLLECTION
