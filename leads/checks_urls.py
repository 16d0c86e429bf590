"""Addresses of availability checks, under /w/<slug>/."""

from django.urls import path

from leads.views import checks

urlpatterns = [
    path("leads/<slug:public_id>/check/", checks.check_lead, name="lead_check"),
    path("leads/<slug:public_id>/availability/", checks.lead_availability, name="lead_availability"),
    path("checks/", checks.check_runs, name="check_runs"),
    path("checks/start/", checks.check_start, name="check_start"),
    path("checks/<slug:public_id>/", checks.check_run, name="check_run"),
    path("checks/<slug:public_id>/progress/", checks.check_run_progress, name="check_run_progress"),
    path("checks/<slug:public_id>/cancel/", checks.check_run_cancel, name="check_run_cancel"),
]
