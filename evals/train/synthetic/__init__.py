"""Synthetic pages and questions about them, to train the reader with.

``values`` and ``records`` (with ``kinds/`` and ``remarks.toml``) hold what records are made of, ``tables``
samples tables of them, ``prose_pages`` texts from ``templates/``; ``*_pages`` write pages, ``rendering``
turns them into examples, ``pages`` samples over all kinds and ``mixing`` adds them to other examples.
"""
