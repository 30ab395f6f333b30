"""The rehearsal of an outage: what goes down, for how long, and what came back."""
