"""The question log: what is logged, gaps by meaning, asking again, and figures of a collection."""
