import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0010_assets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Kiosk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=120)),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='tally',
            name='tally_what_known',
        ),
        migrations.AlterField(
            model_name='tally',
            name='what',
            field=models.CharField(choices=[('link_click', 'Clicks by people'), ('link_machine', 'Clicks by machines'), ('asset_view', "Views of a download's page"), ('asset_form', 'Forms sent for a download'), ('asset_download', 'Downloads'), ('kiosk_card', 'Cards left at a stand')], max_length=20),
        ),
        migrations.AddConstraint(
            model_name='tally',
            constraint=models.CheckConstraint(condition=models.Q(('what__in', ['link_click', 'link_machine', 'asset_view', 'asset_form', 'asset_download', 'kiosk_card'])), name='tally_what_known'),
        ),
        migrations.AddField(
            model_name='kiosk',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kiosks', to='leads.form'),
        ),
        migrations.AddField(
            model_name='kiosk',
            name='made_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='kiosk',
            index=models.Index(models.OrderBy(models.F('created_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='kiosk_by_age'),
        ),
        migrations.AddConstraint(
            model_name='kiosk',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('created_at'))), name='kiosk_ends_after_it_was_made'),
        ),
    ]
