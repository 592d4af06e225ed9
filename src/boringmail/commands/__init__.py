"""The verbs of the `boringmail` command line, one file each."""
