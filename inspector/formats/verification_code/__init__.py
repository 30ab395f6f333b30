"""Code that checks a provider's signature in the user's own language, written from the provider's scheme."""
