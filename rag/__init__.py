"""The core of Saywhere: questions, passages, answers. Knows no HTTP, no folder walk, no command line."""
