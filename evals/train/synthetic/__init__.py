"""Invented pages and questions about them, for training the reader."""
