"""The editor's panels: each a function `draw(state) -> actions` that sees the state and no other panel."""
