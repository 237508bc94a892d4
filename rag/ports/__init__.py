"""Ports: what the core needs from outside, as Protocols whose docstrings state their laws.

Each port has a contract suite in ``tests/contract``, which its adapters and its fake pass.
"""
