"""Figures on published sets, each beside a baseline of the same run."""
