"""A project in one file: all that was made, with its history. A zip of JSON and arrays; none of it is run."""
