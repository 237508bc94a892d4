"""Drafts of cases: questions that documents answer, made of their sentences, lists and headings by rule."""
