"""Where documents come from: folders, repositories, sites, buckets, … Each is a ``Source`` (``contract``)."""
