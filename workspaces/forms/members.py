"""Who is in a workspace, and what they may do there."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from workspaces.models import Membership, Role

ROLES = {
    Role.ADMIN: "everything, also members, settings and adding lines",
    Role.REP: "writes to contacts and works leads",
    Role.OPS: "the same, also pauses and tests lines and reads the audit log",
    Role.VIEWER: "reads everything, changes nothing",
}


class InvitationForm(forms.Form):
    email = forms.EmailField(max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    role = forms.ChoiceField(choices=[(role.value, f"{role.label}: {may}") for role, may in ROLES.items()], initial=Role.REP.value)

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


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
            )
            self.initial[name] = {True: "yes", False: "no"}.get(getattr(membership, name), "")
