"""What proves a step, and what contradicts it. No Django, no database, no clock."""
