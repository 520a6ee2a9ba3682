"""The one base class of everything that is said to a person."""


class EditorError(Exception):
    """Something went wrong that a person can understand and mend.

    The message is one line: which file or value, what was expected, what to do. A front shows it as it is:
    as a banner in the window, or as one line with a non-zero exit on the command line. Any other exception is
    a fault of the program. Subclasses live beside the code that raises them.
    """


class CancelledError(EditorError):
    """A person has ended it: nothing has failed, and nothing needs to be said."""
