"""Where documents come from: folders, git repositories, web sites. Each is a ``Source`` (``contract``)."""
