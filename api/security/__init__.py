"""Access control, rate limits, request limits and security headers."""
