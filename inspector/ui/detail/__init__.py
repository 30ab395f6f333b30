"""The inspector on the right: everything about one event, one view a file."""
