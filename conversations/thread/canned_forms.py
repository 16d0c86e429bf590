"""The form of a canned response."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.dates import WEEKDAYS

from conversations.models import CannedResponse
from conversations.receiving.canned import plain
from conversations.sending.contents import BODY_LIMIT
from leads.keywords import is_opt_in, is_opt_out
from workspaces.models import Membership, Role

Use = CannedResponse.Use


class CannedForm(forms.ModelForm):  # type: ignore[type-arg] # generic in the stubs alone
    """Replies are for everybody who writes; what answers by itself is decided by admins and ops."""

    body = forms.CharField(
        label="Text",
        max_length=BODY_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Short messages are read more often.",
    )
    keywords = forms.CharField(
        required=False,
        max_length=400,
        help_text="Separated by commas. The whole message must be one of them; case does not matter.",
    )
    office_days = forms.TypedMultipleChoiceField(
        required=False,
        choices=WEEKDAYS.items(),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text="Days when somebody is there. On the others the away message answers all day.",
    )

    class Meta:
        model = CannedResponse
        fields = ("name", "use", "body", "keywords", "office_days", "office_from", "office_until", "every_hours", "enabled")
        labels: ClassVar[dict[str, str]] = {
            "use": "Used as",
            "office_from": "Somebody is there from",
            "office_until": "Somebody is there until",
            "every_hours": "At most once per contact in, hours",
            "enabled": "In use",
        }
        help_texts: ClassVar[dict[str, str]] = {
            "name": "Colleagues find it by this name. Contacts never see it.",
            "use": "A reply is chosen in the composer and sent by hand. The others are sent automatically, never to contacts who "
            "opted out.",
            "office_from": "By the workspace's clocks. Outside these hours the away message answers.",
        }
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "office_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "office_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, membership: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.workspace = membership.workspace
        self.initial["keywords"] = ", ".join(self.instance.keywords)
        if membership.role == Role.REP:
            use = self.fields["use"]
            assert isinstance(use, forms.ChoiceField)
            use.choices = [(Use.REPLY.value, Use.REPLY.label)]
            use.help_text = "Chosen in the composer and sent by hand. An admin or ops can make it answer automatically."

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        taken = CannedResponse.objects.of(self.instance.workspace).filter(name__iexact=name).exclude(pk=self.instance.pk)
        if taken.exists():
            raise forms.ValidationError("That name is already taken. Choose another.")
        return name

    def clean_keywords(self) -> list[str]:
        words = [plain(word) for word in str(self.cleaned_data["keywords"]).split(",")]
        if any(len(word) > 40 for word in words):
            raise forms.ValidationError("A keyword has at most 40 characters.")
        of = self.instance.workspace
        for word in words:
            if is_opt_out(word, of) or is_opt_in(word, of):
                raise forms.ValidationError(f"“{word}” opts a contact out or in and is never answered. Leave it out.")
        return [word for word in dict.fromkeys(words) if word]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("use") == Use.KEYWORD and not data.get("keywords") and "keywords" not in self.errors:
            self.add_error("keywords", "Name at least one keyword that it answers.")
        start, end = data.get("office_from"), data.get("office_until")
        if (start is None) != (end is None) or (start and end and start >= end):
            self.add_error("office_until", "Give both times, the earlier one first.")
        if data.get("use") == Use.AWAY and not (start or data.get("office_days")):
            self.add_error("office_days", "Say when somebody is there, so that it answers at all other times.")
        return data
