"""Answers drafted by an LLM from numbered evidence; only sentences that pass every rule are shown."""
