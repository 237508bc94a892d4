"""Who may call what, how often, from where; headers and limits of requests."""
