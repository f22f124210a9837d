"""Who and what there is to do business with: legal entities, customers, products, price
books; and who may act."""

from projections.directory.model import Directory
from projections.directory.queries import (
    customer,
    customers,
    data_subject,
    data_subjects,
    legal_entities,
    legal_entity,
    price_book,
    price_books,
    product,
    products,
)
from projections.directory.rows import (
    CustomerRow,
    CustomerView,
    DataSubjectRow,
    DataSubjectView,
    LegalEntityRow,
    LegalEntityView,
    PriceBookRow,
    PriceBookView,
    ProductRow,
    ProductView,
)
from projections.directory.users import UserRow, UserView, user, users

__all__ = [
    "CustomerRow",
    "CustomerView",
    "DataSubjectRow",
    "DataSubjectView",
    "Directory",
    "LegalEntityRow",
    "LegalEntityView",
    "PriceBookRow",
    "PriceBookView",
    "ProductRow",
    "ProductView",
    "UserRow",
    "UserView",
    "customer",
    "customers",
    "data_subject",
    "data_subjects",
    "legal_entities",
    "legal_entity",
    "price_book",
    "price_books",
    "product",
    "products",
    "user",
    "users",
]
