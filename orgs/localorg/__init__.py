"""The embedded Salesforce-compatible org: what a real org would refuse, it refuses, with the same error.

It speaks HTTP(S) only. Steward never imports it and it never imports Steward.
"""
