"""What people say about themselves."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password

from workspaces.forms.signin import ADVICE
from workspaces.models import User


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


class NewAccountForm(forms.Form):
    """For somebody who accepts an invitation and has no account yet."""

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
