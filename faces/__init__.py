"""Landmarks, expressions, masks and the landmark guide: no screen."""
