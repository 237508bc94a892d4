"""Training data: annotated questions, the examples made of them, and the mixture that is learnt from."""
