"""The reader's recipe: training data in, `rag/models/reader/` out (``python -m evals.train``)."""
