"""Adding and editing a line. Every refusal says what would be right."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from lines import typed_addresses
from lines.limit_forms import LimitFields
from lines.models import Line
from workspaces.models import Workspace

KINDS: Final = [(Line.Kind.IMESSAGE, "iMessage"), (Line.Kind.SMS, "SMS")]
"""What the gateways we speak to can carry."""

_BASICS: Final = ("name", "kind", "address", "server_url", "secret", "fallback_line")
_LIMITS: Final = (*Line.LIMITS, "daily_check_limit", "check_spacing")


class LineForm(LimitFields):
    """One form for both: a line that exists keeps its kind, and its password when none is typed."""

    name = forms.CharField(
        error_messages={"required": "Give the line a name."},
        max_length=60,
        help_text="What your team calls it, such as “Line 2 · SF”. Contacts never see it.",
    )
    kind = forms.ChoiceField(choices=KINDS, label="Line type", help_text="It cannot be changed later: add another line instead.")
    address = forms.CharField(
        error_messages={"required": "Enter the number that contacts see, such as +12025550123."},
        max_length=254,
        label="Phone number or Apple Account",
        help_text="What contacts see. A number with its country code, such as +12025550123; "
        "for an iMessage line also the email address of its Apple Account.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    server_url = forms.CharField(
        error_messages={"required": "Enter the address of the line’s server, such as https://mac-mini.example.com:1234."},
        max_length=500,
        label="Server URL",
        help_text="Where the line’s BlueBubbles server is reached, such as https://mac-mini.example.com:1234.",
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    secret = forms.CharField(
        error_messages={"required": "Enter the password of the server; without it the line cannot connect."},
        max_length=200,
        label="Server password",
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    daily_check_limit = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100_000,
        initial=70,
        label="Availability checks a day, at most",
        help_text="Each asks Apple whether an address has iMessage. Too many look like a spammer; 0 switches them off.",
    )
    check_spacing = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=3_600,
        initial=3,
        label="Seconds between two checks",
        help_text="Checks over this line follow one another at least this far apart.",
    )
    fallback_line = forms.ModelChoiceField(
        queryset=Line.objects.none(),
        required=False,
        label="SMS fallback line",
        empty_label="None: the line’s own device sends the SMS, where it can",
        help_text="Takes over, as SMS, what iMessage cannot deliver. A line with one loses fewer messages.",
    )

    def __init__(self, *args: Any, workspace: Workspace, line: Line | None = None, **kwargs: Any) -> None:
        if line:
            kept = [name for name in (*_BASICS, *_LIMITS) if name not in ("kind", "secret")]
            kwargs.setdefault("initial", {name: getattr(line, name) for name in kept})
        super().__init__(*args, **kwargs)
        self.order_fields((*_BASICS, *_LIMITS))
        self.offer_zones(workspace, line.day_zone if line else "")
        self.workspace, self.line = workspace, line
        others = Line.objects.of(workspace).filter(kind=Line.Kind.SMS).order_by("name")
        fallback = self.fields["fallback_line"]
        assert isinstance(fallback, forms.ModelChoiceField)
        fallback.queryset = others.exclude(pk=line.pk) if line else others
        secret = self.fields["secret"]
        if line:
            del self.fields["kind"]
            secret.help_text = "Stored encrypted and never shown. Leave it empty to keep the one that is stored."
        else:
            secret.required = True
            secret.help_text = "Stored encrypted and never shown again."

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        most = self.workspace.plan_lines
        if self.line is None and most is not None and Line.objects.of(self.workspace).count() >= most:
            raise ValidationError(
                f"This workspace may have {most} line{'' if most == 1 else 's'}, and has them already. "
                "An admin can raise that under Settings, Limits."
            )
        return data

    def basics(self) -> list[forms.BoundField]:
        """What connects the line."""
        return [self[name] for name in _BASICS if name in self.fields]

    def limits(self) -> list[forms.BoundField]:
        return [self[name] for name in _LIMITS]

    def clean_address(self) -> str:
        text = str(self.cleaned_data["address"]).strip()
        value = typed_addresses.email(text) if "@" in text and self._kind() == Line.Kind.IMESSAGE else typed_addresses.number(text)
        if found := self._others_of_the_kind().filter(address=value).first():
            raise ValidationError(f"{found.name} has this number already. Edit that line, or enter another number.")
        return value

    def clean_server_url(self) -> str:
        """Two lines of one server would each hear, and show, every message of it."""
        url = typed_addresses.server_url(str(self.cleaned_data["server_url"]))
        if found := self._others_of_the_kind().filter(server_url=url).first():
            raise ValidationError(f"{found.name} is this server’s line already. Edit that line, or enter another server.")
        return url

    def _kind(self) -> str:
        return str(self.line.kind if self.line else self.cleaned_data.get("kind", Line.Kind.IMESSAGE))

    def _others_of_the_kind(self) -> QuerySet[Line]:
        return Line.objects.of(self.workspace).filter(kind=self._kind()).exclude(pk=self.line.pk if self.line else 0)
