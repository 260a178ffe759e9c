"""What can be wrong with a delivery as a whole. What is wrong with one record of it is an ``Ignored``."""


class BadPayload(Exception):
    """The body cannot be read as alerts. The text says what is wrong and what is expected; the door answers 400."""
