"""Coreference: which name a pronoun stands for (person mentions, discourse, antecedents)."""
