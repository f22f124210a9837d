"""Customers, and what is done to win them."""

from domain.crm.customer import Customer, CustomerDetails

__all__ = ["Customer", "CustomerDetails"]
