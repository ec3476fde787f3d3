"""What we ask of the package beyond what a deploy refuses: its words, its formulas on blanks, its Apex, its labels."""
