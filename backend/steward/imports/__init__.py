"""Gift histories from files: a CSV of donor, date, amount and campaign becomes NPSP records, and becomes them once."""
