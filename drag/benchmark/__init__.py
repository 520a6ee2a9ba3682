"""How long drags take and what memory they need: `python -m drag.benchmark`."""
