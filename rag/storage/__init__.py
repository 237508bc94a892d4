"""Storage: the library (the one door for writing), both indexes, consistency, the lock of the folder."""
