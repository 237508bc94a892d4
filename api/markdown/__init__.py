"""An answer as a Markdown message with numbered marks and a list of sources, for chat clients."""
