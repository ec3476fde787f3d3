"""How good the answers in use are: donors they were judged on, money, drift, groups, and a challenger in the shadow."""
