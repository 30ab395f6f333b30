"""Endpoints in the window: the sidebar that picks one, and the dialog that sets one up."""
