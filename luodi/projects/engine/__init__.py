"""When two ledger rows are one project. No Django, no database."""
