"""Figures on published sets, each with its interval and beside a baseline of the same run."""
