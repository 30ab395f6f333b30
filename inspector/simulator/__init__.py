"""Webhooks we make up: sample events, signed like the real ones."""
