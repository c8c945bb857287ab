"""Whose numbers: a variant for every student."""
