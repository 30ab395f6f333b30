"""Events whose answer a person gives, in the window."""
