"""The API tokens of a workspace: admins make and revoke them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from workspaces import tokens
from workspaces.access import WorkspaceRequest, no_such_page, role
from workspaces.forms.tokens import TokenForm
from workspaces.models import ApiToken, Role


@role(Role.ADMIN, methods=("GET", "POST"))
def api_tokens(request: WorkspaceRequest) -> HttpResponse:
    """The list; a new token is shown by the answer itself, for it is kept nowhere."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        token, plain = tokens.make(
            request,
            request.workspace,
            name=data["name"],
            scopes=data["scopes"],
            user=request.user,
            expires_at=form.expires_at(),
        )
        return render(request, "workspaces/token_made.html", {"token": token, "plain": plain})
    context = {"form": form, "page": tokens.page_of(request.workspace, request.GET.get("after", ""))}
    return render(request, "workspaces/tokens.html", context, status=422 if form.errors else 200)


@role(Role.ADMIN, methods=("POST",))
def revoke_api_token(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    token = ApiToken.objects.of(request.workspace).filter(public_id=public_id).first() or no_such_page()
    tokens.revoke(request, token)
    messages.success(request, f"“{token.name}” no longer works, starting now.")
    return redirect("api_tokens", request.workspace.slug)
