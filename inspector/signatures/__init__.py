"""Is it really them? Signature schemes written as data, and one engine that checks, explains and signs."""
