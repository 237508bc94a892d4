"""The interfaces: HTTP with its pages and widget, and the command line."""
