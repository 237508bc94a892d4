"""English: the one lexicon that rules use, a module for each class of words; and how words are compared.

Words are in lower case unless a module says otherwise. A rule that needs fewer words than a class, or others
beside it, composes its own set from these and says why.
"""
