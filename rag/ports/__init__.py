"""Ports: the interfaces of storage and models that the core needs, as Protocols whose docstrings state laws.

Each port has a contract suite in ``tests/contract``, which its adapters and its fake pass.
"""
