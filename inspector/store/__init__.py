"""What is kept: every event, endpoint and attempt, in one SQLite file of the data folder."""
