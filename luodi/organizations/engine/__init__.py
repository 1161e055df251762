"""Names and codes of companies. No Django, no database."""
