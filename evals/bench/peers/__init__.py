"""Other systems measured side by side with Saywhere, each in a virtual environment of its own."""
