"""Makers' commands: entry points that join the rooms."""
