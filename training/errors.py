"""The one kind of error whose message is meant for whoever typed the command."""


class TrainingError(Exception):
    """Something about the given data, files or options. The message says what was wrong and what to do."""
