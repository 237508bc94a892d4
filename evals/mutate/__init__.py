"""Mutation testing of a suite of cases: does it fail where pipeline or documents are broken on purpose?

Each operator makes a mutant; the suite kills it by failing, or the mutant survives. A suite that lets one
survive whose evidence is gone tests nothing (DeMillo, Lipton & Sayward 1978, "Hints on test data selection").
The mutation score is the share of mutants killed.
"""
