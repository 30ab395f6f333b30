"""Webhooks go out again: to the user's own handler, byte for byte, and every response is kept."""
