"""What travels over HTTP: the wire models, each field explained for the OpenAPI page.

Values only; ``api/wire.py`` turns the core's types into these and back.
"""
