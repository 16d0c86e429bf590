"""Addresses of campaigns, under /w/<slug>/. Words come before ids, which have twelve letters."""

from django.urls import path

from campaigns.views import lists

urlpatterns = [
    path("campaigns/", lists.campaigns, name="campaigns"),
    path("campaigns/new/", lists.new, name="campaign_new"),
]
