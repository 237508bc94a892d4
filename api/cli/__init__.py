"""The command line: the commands' options in ``app.py`` and ``eval_app.py``, their work in ``commands/``."""
