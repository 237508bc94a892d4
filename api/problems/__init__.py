"""Errors over HTTP as RFC 9457 problems: what kinds there are, and which exception becomes which."""
