"""Mutation testing of a suite: break pipeline and documents on purpose, and count what it notices.

A suite that stays green when the sentence an answer rests on is gone guards nothing (DeMillo, Lipton
& Sayward 1978, "Hints on test data selection"). The share of breaks noticed is its mutation score.
"""
