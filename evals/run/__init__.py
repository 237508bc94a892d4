"""An evaluation run: asking every case, scoring, summarising, comparing with an earlier run."""
