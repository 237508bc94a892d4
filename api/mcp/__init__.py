"""The Model Context Protocol: the tools ``ask``, ``search`` and ``fetch``, and documents as resources.

https://modelcontextprotocol.io; the modules here import its SDK (the extra ``mcp``) where they are used.
"""
