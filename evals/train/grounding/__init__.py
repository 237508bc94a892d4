"""Fits what grounding knows from data: the weights of words, and the probability of support."""
