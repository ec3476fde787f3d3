"""Where the ledger and the facts are computed: DuckDB in this process, or a Spark cluster. The expressions are the same."""
