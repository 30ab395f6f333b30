"""The window of the handler check."""
