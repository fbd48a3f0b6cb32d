"""Files that a person hands in (材料): kept by their content, described in a table, given out only
as downloads and only to those who may see the case."""
