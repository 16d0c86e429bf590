"""The settings of a workspace. Every one says what it leads to."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from workspaces import regions
from workspaces.forms.choices import offer
from workspaces.models import Workspace


class WorkspaceForm(forms.ModelForm):  # type: ignore[type-arg]
    time_zone = forms.ChoiceField(
        help_text="Times on pages and the day of each line's limit follow this zone. "
        "What is sent to a contact keeps to the contact's own zone."
    )
    default_region = forms.ChoiceField(
        label="Country of numbers written without +",
        help_text="Holds when a number is typed or imported from now on. Numbers already saved do not change.",
    )

    class Meta:
        model = Workspace
        fields = (
            "name",
            "time_zone",
            "default_region",
            "consent_required",
            "consent_text",
            "reply_to_opted_out",
            "typing_outward",
            "receipts_outward",
            "notes_enabled",
            "undo_seconds",
            "delete_enabled",
            "drips_enabled",
            "campaign_approval",
        )
        labels: ClassVar[dict[str, str]] = {
            "consent_required": "Send a consent message first",
            "consent_text": "Consent message",
            "reply_to_opted_out": "Allow replies to people who opted out",
            "typing_outward": "Show contacts that someone is typing",
            "receipts_outward": "Tell contacts that their message was read",
            "notes_enabled": "Notes in threads",
            "undo_seconds": "Taking a reply back",
            "delete_enabled": "Members may delete conversations",
            "drips_enabled": "Drips in threads",
            "campaign_approval": "Campaigns need an admin’s approval",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "name": "Shown in the navigation, in invitations and in mail to members. Contacts never see it.",
            "consent_required": "On: a contact who has not had it gets the consent message before the first message of any kind. "
            "Off: the first message goes out alone.",
            "consent_text": "Say who you are, why you write, and how to opt out. Contacts who had it before do not get it again "
            "when you change it.",
            "reply_to_opted_out": "On: a person may answer by hand, after a warning. Off: nobody can. "
            "Campaigns, bulk and scheduled messages stay blocked either way.",
            "typing_outward": "On: while someone here writes, the contact sees the three dots (iMessage).",
            "receipts_outward": "On: opening a message marks it as read on the contact's phone (iMessage). "
            "Off: you can read without their knowing.",
            "notes_enabled": "On: colleagues can leave notes inside a thread; contacts never see them. "
            "Off: notes are neither shown nor written.",
            "undo_seconds": "A reply waits this long before it leaves, and can be taken back meanwhile.",
            "delete_enabled": "On: everyone who may write may delete a conversation for good. Off: nobody can. "
            "Under Members it can be set otherwise for one person.",
            "drips_enabled": "On: everyone who may write may apply a drip, a series of messages that ends with the first reply. "
            "Off: the droplet under a message is disabled. Under Members it can be set otherwise for one person.",
            "campaign_approval": "On: a campaign that anybody else prepares waits until an admin has approved its plan. "
            "Off: everyone who may write may start it.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {"consent_text": forms.Textarea(attrs={"rows": 4, "maxlength": 600})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.fields["time_zone"], regions.zones(), self.instance.time_zone)
        offer(self.fields["default_region"], regions.countries(), self.instance.default_region)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("consent_required") and not data.get("consent_text", "").strip():
            self.add_error("consent_text", "Write the message that is sent first, or switch the consent message off.")
        return data
