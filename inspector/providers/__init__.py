"""What do they mean? Providers as data: how each one signs, and how its payloads read in our vocabulary."""
