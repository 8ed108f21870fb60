from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0002_search_by_trigram'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='event',
            name='event_signal_known',
        ),
        migrations.AlterField(
            model_name='event',
            name='signal',
            field=models.CharField(blank=True, choices=[('', 'None'), ('bot_agent', 'Known bot'), ('prefetch', 'Fetched ahead'), ('honeypot', 'Hidden link')], default='', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('signal__in', ['', 'bot_agent', 'prefetch', 'honeypot'])), name='event_signal_known'),
        ),
    ]
