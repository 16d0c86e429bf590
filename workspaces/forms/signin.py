"""django-allauth's forms in the product's words. What they check and do is the library's."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.http import HttpRequest

from workspaces.tasks import mail_password_reset

ADVICE = "At least 10 characters. Not a common password, not only digits, not close to your name or email."
CODE_INPUT = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}


class Plain:
    """Labels and help in our words; no placeholder that repeats the label and goes away when one types."""

    labels: ClassVar[dict[str, str]] = {}
    helps: ClassVar[dict[str, str]] = {}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.widget.attrs.update(self.attrs.get(name, {}))
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class SignInForm(Plain, account.LoginForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"login": "Email", "password": "Password"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"login": {"autocomplete": "username", "autofocus": True}}


class ReauthenticateForm(Plain, account.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"password": "Your password"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"password": {"autofocus": True}}


class ChangePasswordForm(Plain, account.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {
        "oldpassword": "Current password",
        "password1": "New password",
        "password2": "New password again",
    }
    helps: ClassVar[dict[str, str]] = {"password1": ADVICE}


class SetPasswordForm(Plain, account.SetPasswordForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"password1": "New password", "password2": "New password again"}
    helps: ClassVar[dict[str, str]] = {"password1": ADVICE}


class NewPasswordForm(Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"password1": "New password", "password2": "New password again"}
    helps: ClassVar[dict[str, str]] = {"password1": ADVICE}


class ForgottenPasswordForm(Plain, account.ResetPasswordForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"email": "Email"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"email": {"autofocus": True}}

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Whether there is such an account is looked up elsewhere, so that not even the time this takes tells."""
        email = str(self.cleaned_data["email"])
        mail_password_reset.delay(email)
        return email


class CodeForm(Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"code": "Code"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"code": CODE_INPUT}


class CodeAgainForm(Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"code": "Code"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"code": CODE_INPUT}


class AuthenticatorAppForm(Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    labels: ClassVar[dict[str, str]] = {"code": "Code from the app"}
    attrs: ClassVar[dict[str, dict[str, Any]]] = {"code": CODE_INPUT | {"autofocus": False}}
