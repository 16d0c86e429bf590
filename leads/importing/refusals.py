"""What a file is refused for. The text is for the person who chose it and says what helps."""


class BadFile(ValueError):
    """The file as a whole cannot be read."""
