"""Webhook Inspector: receive webhooks on the desktop, check and explain their signatures, replay them."""

__version__ = "0.1.0"
