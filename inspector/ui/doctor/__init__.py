"""The doctor in the window: one line for each check, and the way to mend what it finds."""
