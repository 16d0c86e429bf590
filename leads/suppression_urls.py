"""Addresses of the suppression list and the consent ledger, under /w/<slug>/."""

from django.urls import path

from leads import suppression_views

urlpatterns = [
    path("suppression/", suppression_views.suppressed, name="suppression"),
    path("suppression/add/", suppression_views.suppress, name="suppress"),
    path("suppression/export.csv", suppression_views.suppression_csv, name="suppression_csv"),
    path("suppression/<slug:public_id>/remove/", suppression_views.unsuppress, name="unsuppress"),
    path("consent/", suppression_views.consent_log, name="consent_log"),
    path("consent/export.csv", suppression_views.consent_csv, name="consent_csv"),
]
