"""One edit without a screen: a session that any front may drive, and the files that an edit leaves behind."""
