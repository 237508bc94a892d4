"""``python -m evals.train.grounding``: fits the score of support on WiCE's development part."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from evals.train.grounding.fit import EVIDENCES, fit, row
from evals.train.grounding.wice import read_claims
from rag.grounding.model import FILE


def main() -> None:
    """Writes ``rag/grounding/support_model.json``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared/data"))
    claims = read_claims(parser.parse_args().shared, "dev")
    model = fit([row(claim, evidence) for evidence in EVIDENCES for claim in claims])
    FILE.write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    print(
        f"threshold {model['threshold']}; "
        + ", ".join(map("{} {:+.2f}".format, model["features"], model["weight"]))
    )


if __name__ == "__main__":
    main()
