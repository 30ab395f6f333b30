"""How is it going? Figures of deliveries kept as they arrive, and alerts where something is wrong."""
