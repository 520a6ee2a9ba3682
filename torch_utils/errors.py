"""What can be wrong with a network file, each a line for the person who opened it."""

from dnnlib.errors import EditorError


class CheckpointError(EditorError):
    """A network file cannot be read: it is missing, damaged, of another kind, or does not fit together."""


class HostileFileError(CheckpointError):
    """A network file asks for something that no network needs: a function, an object, more than it holds."""


class UnknownNetworkError(CheckpointError):
    """A file holds a network of a kind that the editor has no code for."""
