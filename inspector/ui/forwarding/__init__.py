"""Forwarding in the window: the rules of an endpoint at work, their logs, and the test of a target."""
