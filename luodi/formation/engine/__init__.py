"""The ladder counted, its movement, and rectangles for the picture. No Django, no database, no clock."""
