"""Template filters that every part may use."""
