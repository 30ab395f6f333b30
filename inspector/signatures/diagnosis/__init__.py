"""Why did the signature fail? Tries what usually goes wrong and ends in one likely cause with one thing to do."""
