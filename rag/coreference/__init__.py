"""Coreference: which name a pronoun stands for (mentions, candidates, subject likelihood)."""
