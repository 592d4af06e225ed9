"""Tables of phrases, kept one pattern a line so that they can be read, compared and added to."""


def any_of(lines: str) -> str:
    """A regular expression that matches any of the lines."""
    return f"(?:{'|'.join(line for line in lines.splitlines() if line)})"
