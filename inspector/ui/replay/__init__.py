"""The replay dialog: an event edited, sent as somebody, and what came of it."""
