"""SQLite: the catalog, jobs, feedback and near-duplicate signatures."""
