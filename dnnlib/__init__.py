"""Small helpers with no torch in them: errors, options, files, pictures."""
