"""Whether a sentence rests on a text: the facts that the text lacks, and a fitted probability."""
