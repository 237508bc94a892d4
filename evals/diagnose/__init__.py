"""The stage at which a failed case was lost."""
