"""For every address: one of Northwind's own objects it can be asked for. A new address needs one line here.

The crawl of test_tenants.py asks each of them as a stranger, as a viewer and as an admin.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cached_property

from django.core.files.base import ContentFile
from django.utils import timezone

from campaigns.editing import start_draft
from campaigns.models import Campaign, Enrolment, EnrolRun, Execution, Node
from conversations.batches import gathering
from conversations.models import (
    Attachment,
    Batch,
    BulkAction,
    CannedResponse,
    Conversation,
    Export,
    IntentReading,
    Message,
    Note,
    Repair,
    SavedView,
    Task,
)
from conversations.thread import notes
from conversations.vocabulary import FailReason, State
from leads import lists
from leads.actions import add_lead
from leads.models import CheckRun, Company, ContactList, ImportRun, Lead, OptOut
from lines.models import Line
from tests.campaigns.making import FIRST_KEY, make_campaign
from tests.cast import session_of
from tests.core import make_conversation, make_line, say
from workspaces import invitations, tokens
from workspaces.models import ApiToken, Invitation, Membership, Role, Session, User, Workspace


class World:
    """Northwind, with one of everything, made when it is asked for."""

    def __init__(self, workspace: Workspace, admin: User, rep: User) -> None:
        self.workspace, self.admin, self.rep = workspace, admin, rep

    @cached_property
    def membership(self) -> Membership:
        return Membership.objects.of(self.workspace).get(user=self.rep)

    @cached_property
    def invitation(self) -> Invitation:
        return invitations.invite(self.admin, self.workspace, "dana@northwind.example", Role.REP)[0]

    @cached_property
    def session(self) -> Session:
        """Another one of the admin's."""
        return Session.objects.get(session_key=session_of(self.admin))

    @cached_property
    def line(self) -> Line:
        return make_line(self.workspace)

    @cached_property
    def read_reply(self) -> Message:
        """A reply that has been read."""
        message = self.message
        values = {"status": "neutral", "score": 45, "confidence": 0.4, "layer": "model"}
        IntentReading.objects.create(workspace=self.workspace, conversation=message.conversation, message=message, **values)
        return message

    @cached_property
    def company(self) -> Company:
        return Company.objects.create(workspace=self.workspace, name="Ledgerline")

    @cached_property
    def lead(self) -> Lead:
        return add_lead(self.workspace, name="Priya Raman", addresses=[], company=self.company)

    @cached_property
    def contact_list(self) -> ContactList:
        return lists.named(self.workspace, "Spring", by=self.rep)

    @cached_property
    def check_run(self) -> CheckRun:
        return CheckRun.objects.create(workspace=self.workspace, kind=CheckRun.Kind.BULK)

    @cached_property
    def opt_out(self) -> OptOut:
        return OptOut.objects.create(workspace=self.workspace, value="+12025550199", source=OptOut.Source.PERSON)

    @cached_property
    def api_token(self) -> ApiToken:
        return tokens.make(self.admin, self.workspace, name="CRM", scopes=[], user=self.admin)[0]

    @cached_property
    def import_run(self) -> ImportRun:
        return ImportRun.objects.create(workspace=self.workspace, by=self.admin, filename="leads.csv")

    @cached_property
    def conversation(self) -> Conversation:
        return make_conversation(self.line)

    @cached_property
    def saved_view(self) -> SavedView:
        return SavedView.objects.create(workspace=self.workspace, owner=self.rep, name="Hot", query="direction=in", shared=True)

    @cached_property
    def message(self) -> Message:
        return say(self.line)

    @cached_property
    def canned(self) -> CannedResponse:
        return CannedResponse.objects.create(workspace=self.workspace, name="Price", body="From 40 seats on it is 9 a seat.")

    @cached_property
    def failed(self) -> Message:
        """One that was not delivered."""
        Message.objects.filter(pk=self.message.pk).update(state=State.FAILED, reason=FailReason.UNREACHABLE)
        return self.message

    @cached_property
    def note(self) -> Note:
        """The rep's own."""
        return notes.add(self.conversation, "Ask for the second entity.", author=self.rep)

    @cached_property
    def task(self) -> Task:
        return Task.objects.create(workspace=self.workspace, title="Call back", assignee=self.rep)

    @cached_property
    def bulk_action(self) -> BulkAction:
        return BulkAction.objects.create(workspace=self.workspace, kind="archive", state="done", by=self.rep)

    @cached_property
    def batch(self) -> Batch:
        """The rep's, to the one lead."""
        return gathering.begin(self.workspace, Lead.objects.filter(pk=self.lead.pk), by=self.rep)

    @cached_property
    def export(self) -> Export:
        """The admin's: nobody else may fetch it."""
        now = timezone.now()
        return Export.objects.create(workspace=self.workspace, by=self.admin, format="csv", since=now, until=now, days="today")

    @cached_property
    def attachment(self) -> Attachment:
        row = Attachment(workspace=self.workspace, message=self.message, filename="a.png", content_type="image/png")
        row.file.save("a.png", ContentFile(b"\x89PNG"), save=False)
        row.save()
        return row

    @cached_property
    def campaign(self) -> Campaign:
        """A running one with one message, and a draft of what comes next."""
        made = make_campaign(self.workspace, by=self.rep)
        start_draft(made, by=self.rep)
        return made

    @cached_property
    def enrolment(self) -> Enrolment:
        return Enrolment.objects.create(workspace=self.workspace, campaign=self.campaign, lead=self.lead, source="selection")

    @cached_property
    def enrol_run(self) -> EnrolRun:
        return EnrolRun.objects.create(
            workspace=self.workspace, campaign=self.campaign, by=self.rep, source="filter", chosen="all=matching", total=1, until=1
        )

    @cached_property
    def execution(self) -> Execution:
        node = Node.objects.filter(version=self.campaign.version_id).order_by("pk")[0]
        values = {"workspace": self.workspace, "campaign": self.campaign, "enrolment": self.enrolment}
        return Execution.objects.create(node=node, state="waiting", due_at=timezone.now() + timedelta(days=1), **values)

    @cached_property
    def repair(self) -> Repair:
        return Repair.objects.create(workspace=self.workspace, fix="retry", state="done", by=self.rep)


Values = dict[str, str]
Maker = Callable[[World], Values]


def nothing(world: World) -> Values:
    """For addresses without an object in them."""
    return {}


def of(name: str) -> Maker:
    """The public id of the world's object of this name."""
    return lambda world: {"public_id": getattr(world, name).public_id}


def of_step(world: World) -> Values:
    """A campaign and the first of its steps."""
    return {"public_id": world.campaign.public_id, "key": FIRST_KEY}


ROUTES: dict[str, Maker] = {
    "home": nothing,
    "workspaces": nothing,
    "workspace": nothing,
    "account": nothing,
    "devices": nothing,
    "end_device": of("session"),
    "end_other_devices": nothing,
    "settings": nothing,
    "general": nothing,
    "audit_log": nothing,
    "members": nothing,
    "change_role": of("membership"),
    "remove_member": of("membership"),
    "invite": nothing,
    "resend_invitation": of("invitation"),
    "revoke_invitation": of("invitation"),
    "lines": nothing,
    "line_add": nothing,
    "line": of("line"),
    "line_edit": of("line"),
    "line_remove": of("line"),
    "line_check": of("line"),
    "line_pause": of("line"),
    "line_resume": of("line"),
    "working_hours": nothing,
    "working_hours_of": of("membership"),
    "line_rest": of("line"),
    "line_wake": of("line"),
    "limits": nothing,
    "change_limits": nothing,
    "consent_settings": nothing,
    "suppression": nothing,
    "suppress": nothing,
    "suppression_csv": nothing,
    "unsuppress": of("opt_out"),
    "consent_log": nothing,
    "consent_csv": nothing,
    "api_tokens": nothing,
    "revoke_api_token": of("api_token"),
    "api:openapi-json": nothing,
    "api:openapi-view": nothing,
    "contact_lists": nothing,
    "contact_list_save": nothing,
    "contact_list_delete": of("contact_list"),
    "check_runs": nothing,
    "check_start": nothing,
    "check_run": of("check_run"),
    "check_run_progress": of("check_run"),
    "check_run_cancel": of("check_run"),
    "lead_check": of("lead"),
    "lead_availability": of("lead"),
    "leads": nothing,
    "leads_bulk": nothing,
    "lead_add": nothing,
    "labels": nothing,
    "label_save": nothing,
    "label_remove": nothing,
    "imports": nothing,
    "import_upload": nothing,
    "import_run": of("import_run"),
    "import_progress": of("import_run"),
    "import_columns": of("import_run"),
    "import_encoding": of("import_run"),
    "import_problems": of("import_run"),
    "import_step": lambda world: {"public_id": world.import_run.public_id, "step": "start"},
    "lead": of("lead"),
    "lead_edit": of("lead"),
    "lead_exclude": of("lead"),
    "lead_include": of("lead"),
    "lead_merge": of("lead"),
    "conversation_save": of("conversation"),
    "lead_conversations": of("lead"),
    "companies": nothing,
    "company": of("company"),
    "company_edit": of("company"),
    "company_exclude": of("company"),
    "company_include": of("company"),
    "company_conversations": of("company"),
    "console": nothing,
    "console_live": nothing,
    "execution": of("execution"),
    "lead_executions": of("lead"),
    "workbench": nothing,
    "workbench_fix": nothing,
    "failure": of("failed"),
    "failure_fix": of("failed"),
    "failure_reopen": of("failed"),
    "repair": of("repair"),
    "repair_progress": of("repair"),
    "reports": nothing,
    "report_rows": nothing,
    "report_csv": nothing,
    "imessages": nothing,
    "start": nothing,
    "imessages_rows": nothing,
    "imessages_filters": nothing,
    "imessages_next": nothing,
    "overview": nothing,
    "overview_rows": nothing,
    "overview_filters": nothing,
    "overview_next": nothing,
    "overview_conversation": of("conversation"),
    "intent": nothing,
    "intent_review": nothing,
    "intent_judge": of("read_reply"),
    "intent_settings": nothing,
    "try_language_model": nothing,
    "export_corrections": nothing,
    "saved_views": nothing,
    "missing": nothing,
    "save_view": nothing,
    "delete_view": of("saved_view"),
    "conversation_snooze": of("conversation"),
    "conversation_wait_again": of("conversation"),
    "conversation": of("conversation"),
    "conversation_details": of("conversation"),
    "conversation_messages": of("conversation"),
    "conversation_context": of("conversation"),
    "conversation_reply": of("conversation"),
    "conversation_draft": of("conversation"),
    "conversation_when": of("conversation"),
    "conversation_seen": of("conversation"),
    "conversation_handled": of("conversation"),
    "conversation_relabel": of("conversation"),
    "conversation_tag": of("conversation"),
    "conversation_removal": of("conversation"),
    "conversation_opt_out": of("conversation"),
    "conversation_opt_in": of("conversation"),
    "conversation_typing": of("conversation"),
    "message_retry": of("message"),
    "message_cancel": of("message"),
    "message_undo": of("message"),
    "message_checks": of("failed"),
    "conversation_stop_follow_ups": of("conversation"),
    "conversation_exclude": of("conversation"),
    "conversation_canned": of("conversation"),
    "canned_responses": nothing,
    "canned_add": nothing,
    "canned_edit": of("canned"),
    "canned_remove": of("canned"),
    "conversation_note": of("conversation"),
    "note_remove": of("note"),
    "message_react": of("message"),
    "attachment": of("attachment"),
    "live": nothing,
    "new_conversation": nothing,
    "lead_remind": of("lead"),
    "conversation_remind": of("conversation"),
    "messages_log": nothing,
    "messages_csv": nothing,
    "scheduled": nothing,
    "message_change": of("message"),
    "message_when": of("message"),
    "scheduled_cancel": of("message"),
    "batches": nothing,
    "batch_start": nothing,
    "batch": of("batch"),
    "batch_write": of("batch"),
    "batch_preview": of("batch"),
    "batch_review": of("batch"),
    "batch_check": of("batch"),
    "batch_progress": of("batch"),
    "batch_step": lambda world: {"public_id": world.batch.public_id, "step": "pause"},
    "quick_send": nothing,
    "quick_reach": nothing,
    "quick_check": nothing,
    "quick_when": nothing,
    "tasks": nothing,
    "task_add": nothing,
    "task_done": of("task"),
    "task_reopen": of("task"),
    "draft": of("message"),
    "bulk_actions": nothing,
    "bulk_start": nothing,
    "bulk_action": of("bulk_action"),
    "bulk_progress": of("bulk_action"),
    "bulk_undo": of("bulk_action"),
    "bulk_stop": of("bulk_action"),
    "exports": nothing,
    "export": of("export"),
    "export_progress": of("export"),
    "export_file": of("export"),
    "conversation_archive": of("conversation"),
    "conversation_unarchive": of("conversation"),
    "conversation_delete": of("conversation"),
    "conversation_follow_up": of("conversation"),
    "conversation_write_draft": of("conversation"),
    "conversation_export": of("conversation"),
    "member_switches": of("membership"),
    "campaigns": nothing,
    "campaign_new": nothing,
    "campaign": of("campaign"),
    "campaign_settings": of("campaign"),
    "campaign_delete": of("campaign"),
    "campaign_launch": of("campaign"),
    "campaign_start": of("campaign"),
    "campaign_ask": of("campaign"),
    "campaign_approve": of("campaign"),
    "campaign_check": of("campaign"),
    "campaign_pause": of("campaign"),
    "campaign_resume": of("campaign"),
    "campaign_stop": of("campaign"),
    "campaign_edit": of("campaign"),
    "campaign_publish": of("campaign"),
    "campaign_enrol": of("campaign"),
    "step_add": of("campaign"),
    "edit_undo": of("campaign"),
    "edit_discard": of("campaign"),
    "step_save": of_step,
    "step_move": of_step,
    "step_duplicate": of_step,
    "step_delete": of_step,
    "step_preview": of_step,
    "campaign_figures": of("campaign"),
    "campaign_figure": lambda world: {"public_id": world.campaign.public_id, "what": "sent"},
    "campaign_happened": of("campaign"),
    "campaign_facts": of("campaign"),
    "campaign_plan": of("campaign"),
    "campaign_test": of("campaign"),
    "campaign_conversation": of("enrolment"),
    "conversation_drip": of("conversation"),
    "conversation_automation": of("conversation"),
    "conversation_stop_automation": of("conversation"),
    "enrol": nothing,
    "enrol_run": of("enrol_run"),
    "enrol_run_progress": of("enrol_run"),
    "enrolment_step": lambda world: {"public_id": world.enrolment.public_id, "step": "pause"},
}
