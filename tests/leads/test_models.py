"""What the database itself keeps true about companies and leads."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from leads.models import Address, Company, Lead
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


def test_a_lead_has_the_company_and_the_addresses_of_its_own_workspace(northwind: Workspace, contoso: Workspace) -> None:
    theirs = Company.objects.create(workspace=contoso, name="Ledgerline")
    with pytest.raises(IntegrityError, match="company_of_the_leads_workspace"):
        _at_once(lambda: Lead.objects.create(workspace=northwind, name="Dana", company=theirs))
    dana = Lead.objects.create(workspace=contoso, name="Dana", company=theirs)
    with pytest.raises(IntegrityError, match="address_of_a_lead_of_its_workspace"):
        _at_once(lambda: Address.objects.create(workspace=northwind, lead=dana, kind="phone", value="+12025550123"))


@transaction.atomic
def _at_once(write: Callable[[], object]) -> None:
    """Held against its foreign keys now rather than at the commit."""
    write()
    connection.check_constraints()
