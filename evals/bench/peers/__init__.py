"""What a user would pick instead, measured side by side, each in a virtual environment of its own."""
