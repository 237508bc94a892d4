"""Spans to an answer or an abstention: decision, citations, conflicts, verification."""
