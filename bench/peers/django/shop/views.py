from rest_framework import generics, permissions, serializers

from shop.models import Product, User


class UserSerializer(serializers.ModelSerializer):
    emailVerified = serializers.BooleanField(source='email_verified')
    firstName = serializers.CharField(source='first_name')
    lastName = serializers.CharField(source='last_name')
    phoneNumber = serializers.CharField(source='phone_number')
    isStaff = serializers.BooleanField(source='is_staff')
    isSuperuser = serializers.BooleanField(source='is_superuser')
    createdAt = serializers.DateTimeField(source='date_joined')

    class Meta:
        model = User
        fields = [
            'id', 'email', 'emailVerified', 'firstName', 'lastName', 'locale', 'phoneNumber',
            'organization', 'timezone', 'isStaff', 'isSuperuser', 'createdAt',
        ]


class ProductSerializer(serializers.ModelSerializer):
    createdAt = serializers.DateTimeField(source='created_at')
    updatedAt = serializers.DateTimeField(source='updated_at')

    class Meta:
        model = Product
        fields = ['id', 'name', 'description', 'price', 'currency', 'createdAt', 'updatedAt']


class Me(generics.RetrieveAPIView):
    serializer_class = UserSerializer

    def get_object(self):
        return self.request.user


class MayViewIt(permissions.BasePermission):
    """guardian's docs, "Check object permissions": the standard way, which asks its backend."""

    def has_object_permission(self, request, view, obj):
        return request.user.has_perm('shop.view_product', obj)


class OneProduct(generics.RetrieveAPIView):
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    permission_classes = [permissions.IsAuthenticated, MayViewIt]
