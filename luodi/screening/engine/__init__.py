"""A rulebook over one project or a hundred thousand. No Django, no database, no clock."""
