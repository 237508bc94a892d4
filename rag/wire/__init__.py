"""The JSON contract: wire models of answers, passages and documents, to the core's values and back."""
