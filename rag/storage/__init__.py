"""Storage: the library, which does all writing, the indexes, their consistency, the data folder's lock."""
