"""Addresses of leads and companies, under /w/<slug>/."""

from django.urls import path

from leads import views

urlpatterns = [
    path("leads/", views.leads, name="leads"),
    path("leads/<slug:public_id>/", views.lead, name="lead"),
    path("companies/", views.companies, name="companies"),
    path("companies/<slug:public_id>/", views.company, name="company"),
]
