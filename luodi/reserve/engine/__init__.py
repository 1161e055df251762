"""Pools, their stays and conversion; packaging items and what they add up to. No Django, no database, no clock."""
