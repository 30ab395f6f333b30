"""Campaigns: thousands of events that belong together, planned from a scenario and the same again from its seed."""
