"""Opportunities of a seller of computer hardware, as its CRM exports them: accounts, products, teams, pipeline."""
