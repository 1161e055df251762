"""Rules over one project's papers and statements. No Django, no database, no clock."""
