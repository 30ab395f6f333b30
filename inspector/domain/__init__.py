"""The nouns of the program: frozen values that know the standard library only."""
