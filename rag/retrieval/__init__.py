"""Question to candidate passages: dense and lexical search, fused on one scale."""
