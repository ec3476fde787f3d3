"""What a deploy would refuse, found without an org: structure, limits, references and formulas of the source XML."""
