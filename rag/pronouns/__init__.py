"""Who a sentence names or describes, and how likely each is its subject: what pronouns are led back to."""
