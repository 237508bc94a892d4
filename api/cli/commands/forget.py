"""``saywhere forget``: erases documents, and prints the receipt of the search for remains."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from api.cli.commands.terminal import one_line
from rag.erase import ErasureReceipt, OriginalFate, erase
from rag.ports.catalog import Catalog
from rag.settings import load
from rag.wiring import open_service


def run(documents: Sequence[str], *, data: Path | None, collection: str, as_json: bool) -> int:
    """Prints the receipt; 1 if a file still holds a sentence of a document.

    Raises:
        UnknownDocument: a name is neither an id nor a uri of the collection; then nothing is erased.
    """
    with open_service(load(data=data)) as service:
        ids = [_id(service.catalog, collection, name) for name in documents]
        synced = [record.uri for record in service.catalog.list() if record.id in ids and record.source]
        receipt = erase(service, ids)
    if as_json:
        print(json.dumps({**asdict(receipt), "clean": receipt.clean}, ensure_ascii=False, indent=1))
    else:
        _print_receipt(receipt)
    for uri in synced:
        print(f"saywhere: the next ingest of its folder takes {one_line(uri)} in again", file=sys.stderr)
    return 0 if receipt.clean else 1


def _id(catalog: Catalog, collection: str, name: str) -> str:
    """The id of the document with this uri; the name itself if there is none."""
    record = catalog.find_by_uri(collection, name)
    return name if record is None else record.id


def _print_receipt(receipt: ErasureReceipt) -> None:
    for document in receipt.documents:
        print(f"forgot {one_line(document.uri)} ({document.id}, sha256:{document.version})")
    if receipt.originals:
        originals = f"{receipt.originals} ({receipt.original_bytes:,} bytes)"
        print(f"files that they were read from, forgotten: {originals}")
    for document in receipt.documents:
        if document.original is OriginalFate.SHARED:
            print(f"the file of {one_line(document.uri)} stays: another document has the same bytes")
    if receipt.feedback:
        print(f"verdicts of readers on answers that cite it, forgotten: {receipt.feedback}")
    if receipt.questions:
        print(f"logged questions with passages of it, forgotten with their gaps: {receipt.questions}")
    searched = f"{receipt.files} files, {receipt.bytes:,} bytes"
    if not receipt.documents:
        print(f"gave back what removed documents left ({searched} now)")
        return
    sought = sum(document.sought for document in receipt.documents)
    total = sum(document.sentences for document in receipt.documents)
    share = f"{sought}" if sought == total else f"{sought} of {total}"
    print(f"sentences looked for: {share}, in {searched}; found: {'none' if receipt.clean else 'some'}")
    for path, count in receipt.traces:
        print(f"  {one_line(path)} holds {count}")
    for path in receipt.unsearched:
        print(f"  not searched: {one_line(path)}")
    for backup in receipt.backups:
        print(f"  until the next `saywhere backup` to its folder, a backup holds it: {one_line(backup)}")
    for note in receipt.notes:
        print(f"  {note}")
