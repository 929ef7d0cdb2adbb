"""Fills the migrated database, and prints as JSON how to ask for what is in it."""
import json
import os

import django

django.setup()

from django.test import Client
from guardian.shortcuts import assign_perm
from rest_framework_simplejwt.tokens import AccessToken

from shop.models import Product, User

me = json.loads(os.environ['ME'])
user = User.objects.create_user(
    me['email'],
    email=me['email'],
    id=me['id'],
    email_verified=me['emailVerified'],
    first_name=me['firstName'],
    last_name=me['lastName'],
    locale=me['locale'],
    phone_number=me['phoneNumber'],
    organization=me['organization'],
    timezone=me['timezone'],
)
stranger = User.objects.create_user('stranger@example.com', email='stranger@example.com')


def by_jwt(of):
    return {'authorization': f'Bearer {AccessToken.for_user(of)}'}


def by_session(of):
    client = Client()
    client.force_login(of, backend='django.contrib.auth.backends.ModelBackend')
    return {'cookie': f'sessionid={client.cookies["sessionid"].value}'}


ways = [
    {'name': 'Django by JWT, two workers', 'path': '/me', 'headers': by_jwt(user)},
    {'name': 'Django by session, two workers', 'path': '/me', 'headers': by_session(user)},
]
objects = []
product = json.loads(os.environ['PRODUCT'])
if product is not None:
    row = Product.objects.create(**{name: product[name] for name in ['id', 'name', 'description', 'price', 'currency']})
    assign_perm('shop.view_product', user, row)
    objects = [
        {
            'name': f'Django with guardian, by {name}',
            'path': f'/products/{row.id}',
            'headers': show(user),
            'stranger': show(stranger),
        }
        for name, show in [('JWT', by_jwt), ('session', by_session)]
    ]
print(json.dumps({'ways': ways, 'objects': objects}))
