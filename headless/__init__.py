"""One edit without a screen."""
