"""Files that hold other files: ZIP archives and e-mail."""
