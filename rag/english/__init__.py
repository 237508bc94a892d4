"""English: the one lexicon that rules use, and how words are folded and stemmed."""
