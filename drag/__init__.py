"""The point-drag engine: no screen, no files, no knowledge of faces."""
