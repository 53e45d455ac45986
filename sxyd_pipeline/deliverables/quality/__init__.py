"""The quality report: every rule with its verdict, the ledger of tonnes, and every row set aside."""
