"""Whether everything adds up, found from the databases, the feeds and the bank's own log alone."""
