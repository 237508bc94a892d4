"""One file per third-party thing; each fulfils one port and translates its errors."""
