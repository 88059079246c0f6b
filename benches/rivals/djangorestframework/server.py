"""djangorestframework-api-key behind gunicorn: 204 for a key that is right, 403 for any other.

`python server.py COUNT` makes the tables and the keys, as the library does, and prints the keys.
The database is the file that DATABASE names.
"""

import os
import sys

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import path

settings.configure(
    SECRET_KEY="for-the-benchmark-alone-and-nothing-else",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "rest_framework_api_key",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            # Kept open: the way that is quicker.
            "CONN_MAX_AGE": None,
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": []},
)
django.setup()

from django.core.management import call_command  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402
from rest_framework_api_key.models import APIKey  # noqa: E402
from rest_framework_api_key.permissions import HasAPIKey  # noqa: E402


class Verify(APIView):
    permission_classes = [HasAPIKey]

    def get(self, request):
        return Response(status=204)


urlpatterns = [path("", Verify.as_view())]
application = get_wsgi_application()

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    for number in range(int(sys.argv[1])):
        print(APIKey.objects.create_key(name=f"Key {number}")[1])
