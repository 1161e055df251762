"""Plain Python and arrays: five tables in, findings out. No Django, no clock."""
