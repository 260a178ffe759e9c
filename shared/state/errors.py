"""What can go wrong between us and our own tables.

Everything else that storage raises (``azure.core.exceptions.AzureError``) is trouble that passes: it goes up to
the Functions host, which delivers the message again.
"""


class Conflict(Exception):
    """A row is not what this write expected it to be: somebody else has written it, or it is there already."""
