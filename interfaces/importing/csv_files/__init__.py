"""A house's own master data and open invoices, in files of columns that we name: judged whole before anything is done.

Customers, products, price books and opening balances are a module each: its columns, and what a row asks for.
"""
