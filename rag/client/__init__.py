"""A typed client of Saywhere's HTTP API, synchronous and asynchronous.

>>> with Saywhere("http://127.0.0.1:8000") as saywhere:  # doctest: +SKIP
...     saywhere.ask("Who demanded an apology?").answer
'Sheriff Grady Judd'
"""

from __future__ import annotations

from rag.client.asynchronous import AsyncSaywhere
from rag.client.errors import (
    AccessRefused,
    ClientError,
    InvalidResponse,
    NotFound,
    RequestFailed,
    ServiceBusy,
    Unreachable,
)
from rag.client.retries import Retries
from rag.client.synchronous import Saywhere

__all__ = [
    "AccessRefused",
    "AsyncSaywhere",
    "ClientError",
    "InvalidResponse",
    "NotFound",
    "RequestFailed",
    "Retries",
    "Saywhere",
    "ServiceBusy",
    "Unreachable",
]
