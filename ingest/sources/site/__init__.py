"""A web site as a source: a sitemap, or the pages that a start page leads to."""
