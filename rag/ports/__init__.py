"""What the core needs from outside, as Protocols whose docstrings state their laws.

Every adapter of a port passes the same contract suite in ``tests/contract``, as does the
hand-written fake beside it.
"""
