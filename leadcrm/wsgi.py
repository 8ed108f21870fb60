"""The WSGI application that the app server runs."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadcrm.settings")
application = get_wsgi_application()
# Everything loaded so far stays loaded. Scanning it on every collection took a third of intake's time.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
