"""One file a demo."""
