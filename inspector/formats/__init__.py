"""Events going out of the program and coming in: one format a file."""
