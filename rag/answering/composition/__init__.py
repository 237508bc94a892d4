"""Answers in the unit that was asked for, composed of exact quotes alone."""
