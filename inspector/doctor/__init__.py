"""Why does nothing arrive? One check after the other on the way a webhook takes, each tried for real."""
