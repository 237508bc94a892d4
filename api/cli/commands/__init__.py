"""What each command does; options are in ``api/cli/main.py``."""
