import uuid

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email_verified = models.BooleanField(default=False)
    locale = models.CharField(max_length=35, null=True)
    phone_number = models.CharField(max_length=16, null=True)
    organization = models.CharField(max_length=200, null=True)
    timezone = models.CharField(max_length=64, null=True)


class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=5000)
    price = models.IntegerField()
    currency = models.CharField(max_length=3)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
