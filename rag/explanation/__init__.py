"""Explanation: how an answer came about, and at which stage an expected passage was lost."""
