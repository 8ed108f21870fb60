import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0003_signals_of_machines'),
    ]

    operations = [
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('slug', models.CharField(max_length=60)),
                ('target', models.CharField(max_length=2000)),
                ('kind', models.CharField(choices=[('ad', 'An ad'), ('email', 'An e-mail'), ('social', 'A post on social media'), ('page', 'Anywhere else'), ('honeypot', 'Hidden in an e-mail, to catch machines')], default='ad', max_length=16)),
                ('utm_source', models.CharField(blank=True, default='', max_length=100)),
                ('utm_medium', models.CharField(blank=True, default='', max_length=100)),
                ('utm_campaign', models.CharField(blank=True, default='', max_length=100)),
                ('utm_content', models.CharField(blank=True, default='', max_length=100)),
                ('utm_term', models.CharField(blank=True, default='', max_length=100)),
                ('passes_visitor', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('archived_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Tally',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(choices=[('link_click', 'Clicks by people'), ('link_machine', 'Clicks by machines'), ('asset_view', "Views of a download's page"), ('asset_form', 'Forms sent for a download'), ('asset_download', 'Downloads')], max_length=20)),
                ('thing_id', models.BigIntegerField()),
                ('date', models.DateField()),
                ('number', models.PositiveBigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='link',
            name='made_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.UniqueConstraint(fields=('what', 'thing_id', 'date'), name='tally_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['link_click', 'link_machine', 'asset_view', 'asset_form', 'asset_download'])), name='tally_what_known'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='link_by_age'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('slug',), name='link_slug_once'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ad', 'email', 'social', 'page', 'honeypot'])), name='link_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('target__startswith', 'https://'), ('target__startswith', 'http://'), _connector='OR'), name='link_target_is_web'),
        ),
    ]
