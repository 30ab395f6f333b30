"""A public address: whatever carries requests from the internet to the receiver, one file a kind."""
