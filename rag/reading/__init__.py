"""The text that the reader gets of a passage, and the spans of the document that its logits select."""
