"""The log as mathematics: leaves, the tree over them, and the verifier of a bundle. Needs neither Django nor our database."""
