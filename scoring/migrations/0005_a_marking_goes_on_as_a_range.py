from django.db import migrations
from django.db.models import Max


def keep_what_is_left(apps, schema_editor):
    """Let the leads that a publishing had not marked yet be scored as a range."""
    Lead, RescoreRange = apps.get_model('leads', 'Lead'), apps.get_model('scoring', 'RescoreRange')
    last = Lead.objects.aggregate(last=Max('pk'))['last'] or 0
    for rule_set in apps.get_model('scoring', 'RuleSet').objects.filter(status='live', marked_to_id__lt=last):
        RescoreRange.objects.create(scored_to_id=rule_set.marked_to_id, last_id=last)


def mark_them_all(apps, schema_editor):
    """Have every lead marked again where a full rescore was going on."""
    if apps.get_model('scoring', 'RescoreRange').objects.exists():
        apps.get_model('scoring', 'RuleSet').objects.filter(status='live').update(marked_to_id=0)


class Migration(migrations.Migration):

    dependencies = [
        ('leads', '0015_imported_leads_without_checks'),
        ('scoring', '0004_rescore_range'),
    ]

    operations = [
        migrations.RunPython(keep_what_is_left, mark_them_all),
    ]
