"""Training data: annotated questions, and the examples that are made of them."""
