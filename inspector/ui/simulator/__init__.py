"""Made-up events in the window: composing one, and campaigns of thousands."""
