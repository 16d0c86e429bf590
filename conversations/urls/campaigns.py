"""What campaigns show of conversations: figures, the plan, a test, the thread of an enrolment."""

from django.urls import path

from conversations.views import campaigns

urlpatterns = [
    path("campaigns/<slug:public_id>/figures/", campaigns.figures, name="campaign_figures"),
    path("campaigns/<slug:public_id>/figures/<slug:what>/", campaigns.figure_rows, name="campaign_figure"),
    path("campaigns/<slug:public_id>/happened/", campaigns.happened, name="campaign_happened"),
    path("campaigns/<slug:public_id>/facts/", campaigns.facts, name="campaign_facts"),
    path("campaigns/<slug:public_id>/plan/", campaigns.plan, name="campaign_plan"),
    path("campaigns/<slug:public_id>/test/", campaigns.test, name="campaign_test"),
    path("enrolments/<slug:public_id>/conversation/", campaigns.conversation, name="campaign_conversation"),
]
