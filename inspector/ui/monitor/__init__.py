"""The monitor page and everything about alerts in the window."""
