"""Plays the provider against a handler and says what is wrong with it."""
