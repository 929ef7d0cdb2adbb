"""As `startproject` makes it, with what Django's deployment checklist and the pages named below recommend for production."""
import os
from datetime import timedelta

SECRET_KEY = 'long enough for the bench, and known to all who read it'
DEBUG = False
ALLOWED_HOSTS = ['127.0.0.1']
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

INSTALLED_APPS = [
    'django.contrib.auth',
    'django.contrib.contenttypes',
    'django.contrib.sessions',
    'rest_framework',
    'guardian',
    'shop',
]
# Those of `startproject`, without messages, which an API has no use for.
MIDDLEWARE = [
    'django.middleware.security.SecurityMiddleware',
    'django.contrib.sessions.middleware.SessionMiddleware',
    'django.middleware.common.CommonMiddleware',
    'django.middleware.csrf.CsrfViewMiddleware',
    'django.contrib.auth.middleware.AuthenticationMiddleware',
    'django.middleware.clickjacking.XFrameOptionsMiddleware',
]
ROOT_URLCONF = 'project.urls'
WSGI_APPLICATION = 'project.wsgi.application'
USE_TZ = True
USE_I18N = False
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'

DATABASES = {
    'default': {
        'ENGINE': 'django.db.backends.postgresql',
        'HOST': os.environ['PGHOST'],
        'PORT': os.environ['PGPORT'],
        'USER': os.environ['PGUSER'],
        'PASSWORD': os.environ['PGPASSWORD'],
        'NAME': os.environ['PGDATABASE'],
        # docs, "Databases", "Persistent connections".
        'CONN_MAX_AGE': None,
    }
}
# docs, "How to use sessions": cached, and written through to the database. "Django's cache framework" calls Memcached
# the fastest that it supports; local memory is not shared between workers.
SESSION_ENGINE = 'django.contrib.sessions.backends.cached_db'
CACHES = {
    'default': {
        'BACKEND': 'django.core.cache.backends.memcached.PyLibMCCache',
        'LOCATION': os.environ['MEMCACHED'],
    }
}

AUTH_USER_MODEL = 'shop.User'
# django-guardian's docs, "Configuration".
AUTHENTICATION_BACKENDS = [
    'django.contrib.auth.backends.ModelBackend',
    'guardian.backends.ObjectPermissionBackend',
]
ANONYMOUS_USER_NAME = None

REST_FRAMEWORK = {
    # The first says what a refusal is: 401. Who shows no token is asked for a session.
    'DEFAULT_AUTHENTICATION_CLASSES': [
        'rest_framework_simplejwt.authentication.JWTAuthentication',
        'rest_framework.authentication.SessionAuthentication',
    ],
    'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],
    # No pages for people to look at.
    'DEFAULT_RENDERER_CLASSES': ['rest_framework.renderers.JSONRenderer'],
}
# HS256, as it comes. As it comes a token lives for five minutes, which the bench takes longer than.
SIMPLE_JWT = {'ACCESS_TOKEN_LIFETIME': timedelta(hours=1)}
