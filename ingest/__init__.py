"""A document's way in: bytes to documents, documents to passages, folders to the library."""
