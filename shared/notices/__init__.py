"""Public notices (公示): collected, published for a number of working days, objected to, ended.
Knows no case, no HTTP and no workflow; who calls it decides what a changed notice means."""
