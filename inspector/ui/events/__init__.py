"""The events page: what came in, newest first, with search, filters and marks."""
