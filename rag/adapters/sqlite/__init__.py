"""SQLite: the catalog, jobs, feedback, and signatures of near-duplicates."""
