"""The editor's panels and canvas, talking to the engine through one worker."""
