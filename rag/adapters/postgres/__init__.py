"""PostgreSQL with pgvector: catalog, both indexes, jobs, feedback and question log in one database."""
