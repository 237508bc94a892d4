"""``saywhere forget``: documents removed for good, with a receipt of the search for what is left."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.cli.commands.terminal import plain
from rag.erase import ErasureReceipt, erase
from rag.ports.catalog import Catalog
from rag.settings import load
from rag.wiring import open_service


def run(documents: Sequence[str], *, data: Path | None, collection: str, as_json: bool) -> int:
    """Prints the receipt; 1 where a file still holds any of it.

    Raises:
        UnknownDocument: one is neither an id nor a uri of the collection; nothing is removed.
    """
    with open_service(load(data=data)) as service:
        ids = [_id(service.catalog, collection, name) for name in documents]
        synced = [record.uri for record in service.catalog.list() if record.id in ids and record.source]
        receipt = erase(service, ids)
    if as_json:
        print(json.dumps({**asdict(receipt), "clean": receipt.clean}, ensure_ascii=False, indent=1))
    else:
        _print(receipt)
    for uri in synced:
        print(f"saywhere: the next ingest of its folder takes {plain(uri)} in again", file=sys.stderr)
    return 0 if receipt.clean else 1


def _id(catalog: Catalog, collection: str, name: str) -> str:
    """A document's id by its uri, else what was given."""
    record = catalog.find_by_uri(collection, name)
    return name if record is None else record.id


def _print(receipt: ErasureReceipt) -> None:
    for document in receipt.documents:
        print(f"forgot {plain(document.uri)} ({document.id}, sha256:{document.version})")
    if receipt.feedback:
        print(f"verdicts of readers on answers that cite it, forgotten: {receipt.feedback}")
    searched = f"{receipt.files} files, {receipt.bytes:,} bytes"
    if not receipt.documents:
        print(f"gave back what removed documents left ({searched} now)")
        return
    sought = sum(document.sought for document in receipt.documents)
    total = sum(document.sentences for document in receipt.documents)
    which = f"{sought}" if sought == total else f"{sought} of {total}"
    print(f"sentences looked for: {which}, in {searched}; found: {'none' if receipt.clean else 'some'}")
    for path, count in receipt.traces:
        print(f"  {plain(path)} holds {count}")
    for place in receipt.unsearched:
        print(f"  not searched: {plain(place)}")
