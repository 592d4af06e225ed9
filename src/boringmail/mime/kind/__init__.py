"""What a mail is: written by a person, or by a machine, and by which sort. One file per sort."""
