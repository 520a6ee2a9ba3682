"""The editor's rules, a module for each part: `act` for what a person does there, `hear` for news of it.

Both are plain functions: what they are given, they leave as it is; what they return is the next state, and
what to ask of the worker. A rule that cannot be followed raises an EditorError, which becomes a banner.
"""
