"""An evaluation run: asks every case, scores the outcomes, summarises them, compares with another run."""
