"""The tunnel in the window: its chip, menu, questions, banners, log and settings."""
