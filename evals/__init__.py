"""Measures how well Saywhere answers, and holds it to thresholds. Imports ingest and rag."""
