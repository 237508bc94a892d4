"""The work of each command, one module each."""
