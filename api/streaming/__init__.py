"""Answers and jobs as server-sent events."""
