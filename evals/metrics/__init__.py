"""One measure a file: plain functions on plain values, each with the source of its definition."""
