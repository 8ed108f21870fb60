from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('scoring', '0005_a_marking_goes_on_as_a_range'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='ruleset',
            name='marked_to_id',
        ),
    ]
