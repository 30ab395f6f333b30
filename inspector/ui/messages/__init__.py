"""The Messages page: what happened to every message, and where something is missing."""
