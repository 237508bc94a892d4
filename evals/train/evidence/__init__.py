"""Training of the evidence reader: relevance, support of each unit, short answer and yes/no in one pass."""
