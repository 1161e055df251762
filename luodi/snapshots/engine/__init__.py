"""From claims and evidence to standings, from standings to figures. No Django, no database, no clock."""
