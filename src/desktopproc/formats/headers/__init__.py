"""Readers of picture headers, one small module per family of formats."""
