"""Small questions; every one opens without stopping the receiver."""
