"""Promised against brought, added up; and what a rule would propose. No Django, no database, no clock."""
