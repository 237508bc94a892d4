"""Shared by the programs of all peers: the job, the times, the reading model. Imports no package of ours.

Run in the peer's own environment as ``python PEER.py JOB.json OUT.json``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

READ = 3  # documents that are read for one question
Search = Callable[[str], list[str]]  # a question -> ids of documents, best first
Ask = Callable[[str], str]  # a question -> its answer, searching included; empty where there is none


class Reading:
    """The same reading model for all, decoded as SQuAD 2 models are: the best span of all texts."""

    def __init__(self, model: str, tokenizer: str) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self._session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(tokenizer)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(384, strategy="only_second")
        self._names = [node.name for node in self._session.get_inputs()]

    def answer(self, question: str, texts: Sequence[str]) -> str:
        """The span with the greatest margin over no answer."""
        best = (float("-inf"), "")
        for text in texts:
            best = max(best, self._read(question, text))
        return best[1]

    def _read(self, question: str, text: str) -> tuple[float, str]:
        import numpy as np

        encoded = self._tokenizer.encode(question, text)
        ids = np.asarray([encoded.ids], dtype=np.int64)
        kinds = np.asarray([encoded.type_ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": kinds}
        start, end = (o[0] for o in self._session.run(None, {n: inputs[n] for n in self._names})[:2])
        context = [i for i, kind in enumerate(encoded.sequence_ids) if kind == 1]
        none = float(start[0] + end[0])
        best = (float("-inf"), "")
        for s in sorted(context, key=lambda i: -start[i])[:8]:
            for e in sorted(context, key=lambda i: -end[i])[:8]:
                if s <= e < s + 40:
                    span = text[encoded.offsets[s][0] : encoded.offsets[e][1]]
                    best = max(best, (float(start[s] + end[e]) - none, span))
        return best


def reads_best(job: dict[str, Any], search: Search) -> Ask:
    """Answers by searching, then reading the best documents with the shared model."""
    texts = {text["id"]: text["text"] for text in job["texts"]}
    reading = Reading(job["reader"], job["tokenizer"])
    return lambda question: reading.answer(question, [texts[i] for i in search(question)[:READ]])


def run(packages: Sequence[str], build: Callable[[dict[str, Any]], tuple[Search, Ask]]) -> None:
    """Builds an index, searches for and asks every question, and writes rankings, answers and times."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    start = time.perf_counter()
    search, ask = build(job)
    ingest = time.perf_counter() - start
    for query in job["queries"][:3]:  # the time of loading models doesn't count as latency
        ask(query["text"])
    output: dict[str, Any] = {"rankings": {}, "answers": {}, "search_ms": [], "ask_ms": []}
    for query in job["queries"]:
        start = time.perf_counter()
        ranking = search(query["text"])
        searched = time.perf_counter()
        output["answers"][query["id"]] = ask(query["text"])
        output["ask_ms"].append((time.perf_counter() - searched) * 1e3)
        output["search_ms"].append((searched - start) * 1e3)
        output["rankings"][query["id"]] = ranking
    output["ingest_s"] = ingest
    output["versions"] = {name: version(name) for name in packages}
    Path(sys.argv[2]).write_text(json.dumps(output), encoding="utf-8")
