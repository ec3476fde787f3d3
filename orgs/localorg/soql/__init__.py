"""SOQL: parse a query, compile it to SQLite, read records as the REST and Bulk APIs return them."""
