"""Makes the data folder of a release, kept as ``tests/releases/VERSION.tar.xz``.

    python -m tests.releases.make 0.1.0

It is run once, with the code of that release, and its result is never made anew: later releases are
tested to open it, and to answer from it. It holds two documents with their files, the job that took them in,
feedback and a logged question; neither the lock nor the reserved space.
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from ingest.wiring import ingest
from rag.ports.feedback import Feedback
from rag.ports.question_log import LoggedQuestion
from rag.settings import Settings
from rag.wiring import LOCK, RESERVE, open_service

FOLDER = Path(__file__).parent
DOCUMENTS = {
    "harbour.md": "# The harbour\n\nThe harbour master of Vardø is Ingrid Sørensen. She took office in "
    "May 2019.\n",
    "bakery.txt": "The bakery on the quay opens at five. It closes on Mondays.\n",
}
FEEDBACK_ID, QUESTION_ID = "ans_release", "ask_release"
_LEFT_OUT = {LOCK, f"{LOCK}.owner", RESERVE}


def make(path: Path) -> None:
    """Writes the archive."""
    with TemporaryDirectory() as folder:
        source, data = Path(folder) / "town", Path(folder) / "data"
        source.mkdir()
        for name, text in DOCUMENTS.items():
            (source / name).write_text(text, "utf-8")
        with open_service(Settings(data=data)) as service:
            ingest(service, [source])
            [harbour] = [r for r in service.catalog.list() if r.uri.endswith("harbour.md")]
            places = ((harbour.id, harbour.version, 15, 63),)
            service.feedback.put(
                Feedback(
                    answer_id=FEEDBACK_ID,
                    collection="default",
                    question="Who is the harbour master?",
                    answer="Ingrid Sørensen",
                    helpful=True,
                    citations=places,
                )
            )
            service.question_log.put(
                LoggedQuestion(
                    id=QUESTION_ID,
                    collection="default",
                    question="When does the ferry leave?",
                    outcome="not_answered_here",
                    confidence=0.1,
                    passages=places,
                    generation=service.catalog.generation(),
                )
            )
        with tarfile.open(path, "w:xz") as archive:
            for entry in sorted(data.iterdir()):
                if entry.name not in _LEFT_OUT:
                    archive.add(entry, entry.name, filter=_anonymous)


def _anonymous(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the names and ids of who made it."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


if __name__ == "__main__":
    make(FOLDER / f"{sys.argv[1]}.tar.xz")
