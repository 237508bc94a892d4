"""Readings to fit the confidence to, and the fit's picture."""
