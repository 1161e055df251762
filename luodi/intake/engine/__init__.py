"""Reading a ledger: pure functions from a file to understood rows. No Django, no database, no clock."""
