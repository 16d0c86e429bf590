"""What the database itself keeps true about companies."""

from __future__ import annotations

import pytest

from leads.models import Company
from workspaces.models import Workspace


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.Ledgerline.com/about?x=1", "ledgerline.com"),
        ("ledgerline.com", "ledgerline.com"),
        ("HTTP://LEDGERLINE.COM:8080", "ledgerline.com"),
        ("www.ledgerline.co.uk/", "ledgerline.co.uk"),
        ("", ""),
    ],
)
def test_a_companys_domain_is_the_host_of_its_website(northwind: Workspace, website: str, domain: str) -> None:
    company = Company.objects.create(workspace=northwind, name="Ledgerline", website=website)
    company.refresh_from_db()
    assert company.domain == domain
