"""The ground: the city's own data, money as text, bulk inserts, paths of the data folder. No models.

Start in `city.py`: a city is a folder of TOML and CSV that its office can edit, read once into frozen dataclasses.
"""
