import django.db.models.deletion
import leads.models.asset
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0009_lead_journey'),
    ]

    operations = [
        migrations.CreateModel(
            name='Asset',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('slug', models.CharField(max_length=60)),
                ('kind', models.CharField(choices=[('ebook', 'An eBook or guide'), ('content', 'Another file')], default='ebook', max_length=16)),
                ('description', models.CharField(blank=True, default='', max_length=600)),
                ('heading', models.CharField(blank=True, default='', max_length=120)),
                ('points', models.JSONField(blank=True, default=list)),
                ('file', models.FileField(blank=True, default='', max_length=200, storage=leads.models.asset.asset_storage, upload_to='')),
                ('file_name', models.CharField(blank=True, default='', max_length=150)),
                ('file_type', models.CharField(blank=True, default='', max_length=100)),
                ('file_size', models.PositiveBigIntegerField(default=0)),
                ('file_hash', models.CharField(blank=True, default='', max_length=64)),
                ('external_url', models.CharField(blank=True, default='', max_length=2000)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
                ('form', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assets', to='leads.form')),
                ('made_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='asset_by_age')],
                'constraints': [models.UniqueConstraint(fields=('slug',), name='asset_slug_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['ebook', 'content'])), name='asset_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('file', ''), models.Q(('external_url', ''), _negated=True)), models.Q(models.Q(('file', ''), _negated=True), ('external_url', '')), _connector='OR'), name='asset_is_file_or_address')],
            },
        ),
    ]
