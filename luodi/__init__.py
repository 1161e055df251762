"""Luodi (落地): investment projects judged by what landed."""
