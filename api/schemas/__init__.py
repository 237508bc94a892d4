"""What travels over HTTP: the wire models, each field explained for the OpenAPI page.

Values only; ``api/schemas/convert.py`` turns the core's types into these and back.
"""
