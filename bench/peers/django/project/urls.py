from django.http import JsonResponse
from django.urls import path

from shop.views import Me, OneProduct

urlpatterns = [
    path('me', Me.as_view()),
    path('products/<uuid:pk>', OneProduct.as_view()),
    path('health/live', lambda request: JsonResponse({'status': 'live'})),
]
