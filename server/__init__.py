"""The server: the page, its files, the model folder and POST /predict."""
