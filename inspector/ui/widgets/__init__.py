"""The controls that pages are made of; they know the theme and its icons, and nothing about webhooks."""
