"""Question-answer cases: their type, written form, rules of matching, linting and drafting."""
