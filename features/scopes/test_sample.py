"""The users of the sample: one of each role, and those who look after its customers."""

from __future__ import annotations

from domain.identity import Role
from features.api import Api
from features.scopes.people import asked
from infrastructure.users import BUYER, SELLERS, demo_login, demo_users


def test_the_sample_has_a_user_of_each_role_and_two_teams_of_sellers(api: Api, database_url: str) -> None:
    body = {"name": "Better Bike Shop", "address": {"country_code": "US"}, "external_id": BUYER}
    buyer = api.done("/customers", {**body, "representative": SELLERS[0]}).id
    demo_users(database_url)
    logins = {SELLERS[0]: Role.SALES_REPRESENTATIVE} | {
        demo_login(role): role for role in Role if role not in (Role.ADMINISTRATOR, Role.SALES_REPRESENTATIVE)
    }
    for login, role in logins.items():
        assert api.client.get("/whoami", headers={"As": login}).json()["roles"] == [role], login
    seen = {login: asked(api, login, f"/customers/{buyer}") for login in (*SELLERS[:2], demo_login(Role.SALES_MANAGER))}
    assert list(seen.values()) == [200, 404, 200]
    assert asked(api, demo_login(Role.CUSTOMER_VIEWER), f"/portal/customers/{buyer}/quotes") == 200
