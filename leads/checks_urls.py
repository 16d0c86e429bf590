"""Addresses of availability checks, under /w/<slug>/."""

from django.urls import path

from leads import checks_views

urlpatterns = [
    path("leads/<slug:public_id>/check/", checks_views.check_lead, name="lead_check"),
    path("leads/<slug:public_id>/availability/", checks_views.lead_availability, name="lead_availability"),
    path("checks/", checks_views.check_runs, name="check_runs"),
    path("checks/start/", checks_views.check_start, name="check_start"),
    path("checks/<slug:public_id>/", checks_views.check_run, name="check_run"),
    path("checks/<slug:public_id>/progress/", checks_views.check_run_progress, name="check_run_progress"),
    path("checks/<slug:public_id>/cancel/", checks_views.check_run_cancel, name="check_run_cancel"),
]
