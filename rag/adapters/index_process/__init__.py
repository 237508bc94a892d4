"""Indexes in processes of their own: native code that crashes or freezes ends such a process alone."""
