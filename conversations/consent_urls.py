"""Addresses of decisions about a contact's consent, under /w/<slug>/."""

from django.urls import path

from conversations.views import consent

urlpatterns = [
    path("imessages/<slug:public_id>/removal/", consent.removal, name="conversation_removal"),
    path("imessages/<slug:public_id>/exclude/", consent.exclude, name="conversation_exclude"),
]
