"""What the reader is shown of a passage, and how its spans lead back to the document."""
