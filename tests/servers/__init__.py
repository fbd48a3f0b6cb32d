"""The servers that tests stand on: in containers where a Docker engine answers, else embedded."""
