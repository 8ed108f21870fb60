from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0003_no_stored_explanations'),
    ]

    operations = [
        migrations.CreateModel(
            name='RescoreRange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scored_to_id', models.BigIntegerField()),
                ('last_id', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('scored_to_id__lt', models.F('last_id'))), name='rescore_range_not_empty')],
            },
        ),
    ]
