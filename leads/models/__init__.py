from leads.models.check import CheckItem, CheckPace, CheckRun
from leads.models.company import Company
from leads.models.consent import ConsentEvent
from leads.models.contactlist import ContactList, ListMember
from leads.models.event import LeadEvent
from leads.models.importrun import ImportProblem, ImportRun
from leads.models.label import Label
from leads.models.lead import Address, Lead
from leads.models.optout import OptOut, RemovalRequest

__all__ = [
    "Address",
    "CheckItem",
    "CheckPace",
    "CheckRun",
    "Company",
    "ConsentEvent",
    "ContactList",
    "ImportProblem",
    "ImportRun",
    "Label",
    "Lead",
    "LeadEvent",
    "ListMember",
    "OptOut",
    "RemovalRequest",
]
