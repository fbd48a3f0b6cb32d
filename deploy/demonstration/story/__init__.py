"""The story of the demonstration, told over HTTP by the people it names: a client, nothing more."""
