"""Contact lists: all of them, renaming and deleting one. Their members are shown and changed in the leads table."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from leads import lists
from workspaces.access import WorkspaceRequest, member, writer
from workspaces.refused import Refused


@member
def contact_lists(request: WorkspaceRequest) -> HttpResponse:
    return _page(request, {})


@writer
def save(request: WorkspaceRequest) -> HttpResponse:
    """A new list, or another name for one (`list` is its id). A name that is refused comes back as it was typed."""
    name, public_id = request.POST.get("name", ""), request.POST.get("list", "")
    try:
        if public_id:
            lists.rename(lists.list_of(request.workspace, public_id), name, by=request.user)
            messages.success(request, "Renamed.")
        else:
            made = lists.named(request.workspace, name, by=request.user)
            messages.success(request, f"The list “{made.name}” is there. Add leads to it from the leads table or an import.")
    except Refused as refused:
        return _page(request, {"refused": str(refused), "typed": name, "typed_for": public_id})
    return redirect("contact_lists", request.workspace.slug)


@writer
def delete(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    found = lists.list_of(request.workspace, public_id)
    lists.delete(found, by=request.user)
    messages.success(request, f"The list “{found.name}” is gone. Its leads stay.")
    return redirect("contact_lists", request.workspace.slug)


def _page(request: WorkspaceRequest, refused: dict[str, str]) -> HttpResponse:
    """`refused`: why a name was not taken, the name as it was `typed`, and the id of the list it is `typed_for`."""
    context = {"page": lists.page(request.workspace, request.GET.get("after", "")), **refused}
    return render(request, "leads/lists.html", context, status=422 if refused else 200)
