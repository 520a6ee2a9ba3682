"""The editor's window: state, panels, canvas, and the one worker thread that works for them."""
