"""A space of Confluence as a source, over the REST API that its cloud and its data centre share."""
