from leads.models.company import Company
from leads.models.lead import Address, Lead
from leads.models.optout import OptOut

__all__ = ["Address", "Company", "Lead", "OptOut"]
