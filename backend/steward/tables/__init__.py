"""Any table with one row a donor and a yes or no to predict: read, judged column by column, and cross-validated."""
