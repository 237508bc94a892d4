"""What each command does; options are in ``api/cli.py``."""
