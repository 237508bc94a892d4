"""Reader of WiCE: claims of Wikipedia and the pages that they cite (Kamoi et al. 2023, arXiv:2303.01432)."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from evals.cases.case import DatasetError

Part = Literal["dev", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence of Wikipedia with the page that it cites.

    Attributes:
        title: of the article that the claim is from.
        page: the cited page's sentences, in order.
        gold: indices of the page's sentences that support the claim or a part of it; empty where none does.
        is_supported: as a whole.
    """

    id: str
    text: str
    title: str
    page: tuple[str, ...]
    gold: tuple[int, ...]
    is_supported: bool


def read_claims(folder: Path, part: Part) -> list[Claim]:
    """The claims of one part.

    Args:
        folder: holds ``support/wice``.

    Raises:
        DatasetError: the part isn't there or can't be read.
    """
    path = folder / "support" / "wice" / f"{part}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path} can't be read: {error}") from error
    return [
        Claim(
            id=row["meta"]["id"],
            text=row["claim"].strip(),
            title=row["meta"]["claim_title"],
            page=tuple(row["evidence"]),
            gold=tuple(sorted({index for chosen in row["supporting_sentences"] for index in chosen})),
            is_supported=row["label"] == "supported",
        )
        for row in rows
    ]
