"""The stage: what the canvas is made of, a module for each part of it."""
