"""Indexes in processes of their own: a crash or freeze of native code ends such a process, not the service."""
