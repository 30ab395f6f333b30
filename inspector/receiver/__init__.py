"""Webhooks come in: listen, read byte for byte, check, keep, and only then answer."""
