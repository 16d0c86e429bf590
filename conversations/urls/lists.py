"""Lists of conversations, saved views of them, and what tells an open page that something changed."""

from django.urls import path

from conversations.inbox.listing import IMESSAGES, OVERVIEW
from conversations.views import beside_lists, lists, live

urlpatterns = [
    path("start/", lists.start, name="start"),
    path("overview/", lists.page, {"page": OVERVIEW}, name="overview"),
    path("overview/rows/", lists.rows, {"page": OVERVIEW}, name="overview_rows"),
    path("overview/filters/", lists.filters, {"page": OVERVIEW}, name="overview_filters"),
    path("overview/next/", lists.following, {"page": OVERVIEW}, name="overview_next"),
    path("views/", beside_lists.saved, name="saved_views"),
    path("missing/", beside_lists.missing, name="missing"),
    path("views/save/", beside_lists.save, name="save_view"),
    path("views/<slug:public_id>/delete/", beside_lists.delete, name="delete_view"),
    path("imessages/", lists.page, {"page": IMESSAGES}, name="imessages"),
    path("imessages/rows/", lists.rows, {"page": IMESSAGES}, name="imessages_rows"),
    path("imessages/filters/", lists.filters, {"page": IMESSAGES}, name="imessages_filters"),
    path("imessages/next/", lists.following, {"page": IMESSAGES}, name="imessages_next"),
    path("leads/<slug:public_id>/conversations/", lists.lead_conversations, name="lead_conversations"),
    path("companies/<slug:public_id>/conversations/", lists.company_conversations, name="company_conversations"),
    path("live/", live.live, name="live"),
]
