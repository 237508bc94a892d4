"""Ingestion: bytes to documents, documents to passages, folders and uploads to the library."""
