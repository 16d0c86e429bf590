from leads.models.company import Company
from leads.models.event import LeadEvent
from leads.models.importrun import ImportProblem, ImportRun
from leads.models.label import Label
from leads.models.lead import Address, Lead
from leads.models.optout import OptOut

__all__ = ["Address", "Company", "ImportProblem", "ImportRun", "Label", "Lead", "LeadEvent", "OptOut"]
