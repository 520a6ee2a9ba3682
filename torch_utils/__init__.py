"""Torch helpers: operators, and safe reading of network pickles."""
