"""The data sets that ship with Saywhere, and readers for those that don't."""
