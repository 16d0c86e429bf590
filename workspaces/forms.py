"""What people fill in about themselves and their workspace. Every setting says what it leads to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone

from workspaces import places
from workspaces.models import ApiToken, Membership, Role, User, Workspace
from workspaces.signin_forms import ADVICE

ROLES = {
    Role.ADMIN: "everything, also members, settings and adding lines",
    Role.REP: "writes to contacts and works leads",
    Role.OPS: "the same, also pauses and tests lines and reads the audit log",
    Role.VIEWER: "reads everything, changes nothing",
}


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    class Meta:
        model = User
        fields = ("name", "theme", "enter_sends")
        labels: ClassVar[dict[str, str]] = {"theme": "Appearance", "enter_sends": "Enter sends"}
        help_texts: ClassVar[dict[str, str]] = {
            "name": "Colleagues see it beside what you write and do. Contacts never do.",
            "theme": "Light or dark pages, in every browser you sign in with.",
            "enter_sends": "On: Enter sends and Shift-Enter starts a new line. Off: the other way round. "
            "The send button shows which one holds.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class SwitchesForm(forms.Form):
    """What one member may do: as the workspace says, or otherwise. `cleaned_data` holds True, False or None for each."""

    SWITCHES: ClassVar = (
        ("may_delete", "delete_enabled", "Deleting conversations", "Delete a conversation with its history for good."),
        ("drips_enabled", "drips_enabled", "Drips", "Apply a drip, a series of messages, in a thread."),
        ("notes_enabled", "notes_enabled", "Notes", "See and leave notes for colleagues inside threads."),
        (
            "consent_required",
            "consent_required",
            "Consent first",
            "The consent message goes before the first message they write to a contact who has not had it.",
        ),
    )

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, general, label, text in self.SWITCHES:
            says = "on" if getattr(membership.workspace, general) else "off"
            self.fields[name] = forms.TypedChoiceField(
                choices=[("", f"As the workspace: {says}"), ("yes", "On"), ("no", "Off")],
                coerce=lambda value: value == "yes",
                empty_value=None,
                required=False,
                label=label,
                help_text=text,
                initial={True: "yes", False: "no"}.get(getattr(membership, name), ""),
            )


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
            "consent_required": "On: whoever has not had it gets the consent message before the first message of any kind, once. "
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
            "delete_enabled": "On: who may write may delete a conversation for good. Off: nobody can. "
            "Under Members it can be set otherwise for one person.",
            "drips_enabled": "On: who may write may apply a drip, a series of messages that ends with the first reply. "
            "Off: the droplet under a message is disabled. Under Members it can be set otherwise for one person.",
            "campaign_approval": "On: a campaign that anybody else prepares waits until an admin has approved its plan. "
            "Off: who may write may start it.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {"consent_text": forms.Textarea(attrs={"rows": 4, "maxlength": 600})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self.fields["time_zone"], places.zones(), self.instance.time_zone)
        _choose(self.fields["default_region"], places.countries(), self.instance.default_region)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("consent_required") and not data.get("consent_text", "").strip():
            self.add_error("consent_text", "Write the message that is sent first, or switch the consent message off.")
        return data


class InvitationForm(forms.Form):
    email = forms.EmailField(max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=[(role.value, f"{role.label}: {may}") for role, may in ROLES.items()], initial=Role.REP.value)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80, help_text="Which program uses it, such as “CRM sync”.", widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    scopes = forms.MultipleChoiceField(
        choices=ApiToken.Scope.choices,
        label="What it may do",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one thing that the token may do."},
    )
    lasts = forms.TypedChoiceField(
        choices=[("30", "30 days"), ("90", "90 days"), ("365", "A year"), ("", "Until it is revoked")],
        coerce=int,
        empty_value=None,
        required=False,
        initial="365",
        label="Works for",
    )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lasts"]
        return timezone.now() + timedelta(days=days) if days else None


class NewAccountForm(forms.Form):
    """For who accepts an invitation without having an account."""

    name = forms.CharField(
        max_length=120,
        label="Your name",
        help_text="Colleagues see it beside what you write and do. Contacts never do.",
        widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True}),
    )
    password = forms.CharField(strip=False, help_text=ADVICE, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        validate_password(password, User(email=self.email, name=self.cleaned_data.get("name", "")))
        return password


def _choose(field: forms.Field, choices: Any, current: str) -> None:
    """Offer `choices`, and the stored value where it is none of them any more."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
    if current and not field.valid_value(current):
        field.choices = [(current, current), *choices]
