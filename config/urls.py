"""Every URL of the product but /healthz, which the first middleware answers. The URLs of an app are in its `urls.py`."""

from django.urls import include, path

from config import metrics
from config.api import api, no_such_call
from conversations.receiving.webhooks import gateway_webhook

urlpatterns = [
    path("api/", api.urls),
    path("api/<path:rest>", no_such_call, name="api-nothing"),
    path("metrics", metrics.metrics, name="metrics"),
    path("hooks/<slug:gateway>/<str:token>/", gateway_webhook, name="gateway-webhook"),
    path("", include("workspaces.urls")),
    path("w/<slug:slug>/", include("conversations.urls")),
    path("w/<slug:slug>/", include("campaigns.urls")),
    path("w/<slug:slug>/", include("leads.urls")),
    path("w/<slug:slug>/", include("lines.urls")),
]
