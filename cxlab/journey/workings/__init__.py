"""What the questions of a journey share; these files ask none themselves."""
