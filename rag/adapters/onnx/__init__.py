"""ONNX Runtime: the embedder and the reader, their files and their compilation."""
