"""What happens when the user does something: each file connects one part of the window with the program."""
