"""Backups of a data folder: made while it serves, rotated, rid of what was forgotten, and restored.

A backup is a folder: copies of the databases, the kept files, the erasures, and ``manifest.json``. The
indexes are made anew from the catalog at restore, unless they were copied too.
"""
