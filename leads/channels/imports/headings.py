"""Guess the target of each column by its heading, as other systems write them, and by its values."""

from collections.abc import Sequence
from typing import NamedTuple

from leads.channels.imports import values
from leads.channels.imports.targets import LEFT_OUT, SEVERAL, attribute_target
from leads.events.catalog import normal_name
from leads.identity.keys import normal_email, normal_phone

# Of very wide exports only known columns are kept by default; the user may choose others.
MOST_ATTRIBUTES = 60

# Headings without case, spaces and punctuation. If two fit one target, the earlier one gets it.
_WORDS: dict[str, str] = {
    "email": """email emailaddress workemail primaryemail emailprimary emailwork businessemail contactemail mail email1
        email1value personemailwork personemail leademail mailadresse emailadresse epost epostadresse courriel
        adresseemail correoelectronico correo indirizzoemail emailaddress1 additionalemailaddresses emailhome emailother
        personemailhome personemailother otheremail secondaryemail email2 email3 email2value workemailaddress""",
    "phone": """phone phonenumber telephone tel telephonenumber mobile mobilephone mobilephonenumber mobilenumber cell
        cellphone workphone businessphone phonework phonemobile phonehome personphonework personphonemobile
        personphonehome personphoneother personphone otherphone homephone directphone phone1 phone1value phone2
        telefon telefonnummer mobil mobilnummer handy handynummer rufnummer telephoneportable telefono telefoon puhelin
        contactphone leadphone whatsappphonenumber""",
    "first_name": """firstname givenname forename fname personfirstname fornavn fornamn vorname prenom nombre nome
        voornaam etunimi imie first contactfirstname""",
    "last_name": """lastname surname familyname lname personlastname etternavn efternamn nachname familienname
        nomdefamille apellido apellidos cognome achternaam sukunimi nazwisko last contactlastname""",
    "name": """name fullname contactname personname leadname yourname navn namn displayname nomcomplet nombrecompleto
        contactperson leadcontactperson dealcontactperson""",
    "title": """title jobtitle position role jobposition personjobtitle contacttitle stilling befattning titel
        berufsbezeichnung fonction cargo occupation jobrole""",
    "country": """country countryregion mailingcountry personcountry contactcountry countryname land pays pais paese
        billingcountry ipcountry personpostaladdresscountry""",
    "user_id": "userid customerid externaluserid appuserid",
    "source": """leadsource originalsource source originaltrafficsource originalsourcetype hsanalyticssource
        sourcechannel leadleadsource channel howdidyouhearaboutus leadsourcechannel leadsourceorigin""",
    "owner": """owner contactowner leadowner owneremail owneralias personowner leadleadowner accountowner salesrep
        assignedto hubspotownerid contactowneremail""",
    "created_at": """createdate createddate created createdat datecreated leadcreated personcreated personpersoncreated
        leadleadcreated optintime dateadded firstseen subscribedat signupdate personaddtime leadaddtime addtime
        knownsince""",
    "company.name": """company companyname organization organisation account accountname companyaccount
        associatedcompany primaryassociatedcompany associatedcompanyprimary organizationname organisationname
        personorganization personorganisation leadorganization leadorganisation employer business firma firmanavn
        foretag selskap unternehmen entreprise societe empresa azienda bedrijf organisationen organizationname1
        companynamecompany""",
    "company.domain": """website companydomain companydomainname websiteurl domain companywebsite url web homepage
        organizationwebsite organisationwebsite websiteaddress webside nettside hemsida webseite siteweb sitioweb""",
    "company.industry": """industry companyindustry organizationindustry organisationindustry sector branche bransje
        bransch secteur""",
    "company.employee_count": """employees numberofemployees noofemployees employeecount companysize headcount
        organizationnumberofemployees organizationemployeecount organisationnumberofemployees numemployees ansatte
        mitarbeiter antalanstallda""",
    "company.country": """companycountry companycountryregion organizationcountry organisationcountry
        organizationaddresscountry countryofaddress organizationcountryofaddress""",
    "consent.email": """emailconsent emailoptin marketingconsent consenttoemail newsletterconsent emailmarketingconsent
        gdprconsent emailsubscription""",
    "optout.email": """emailoptout hasoptedoutofemail optedoutofemail unsubscribedfromallemail optout
        personmarketingstatusunsubscribed globalunsubscribe""",
    "consent.phone": "phoneconsent callconsent consenttocalls",
    "optout.phone": "donotcall",
    # Mailchimp's column for when somebody unsubscribed.
    "event.unsubscribed": "unsubtime",
}  # fmt: skip
_BY_HEADING = {word: target for target, words in _WORDS.items() for word in words.split()}
# HubSpot appends the kind of mail.
_OPTED_OUT = "optedoutofemail"
# Used only if no better heading has the target: an account's owner may differ from the contact's.
_LESS_SURE = frozenset({"accountowner"})
# Internal columns of other systems, of no use here.
_OF_NO_USE = frozenset(
    (
        *("optinip", "confirmip", "confirmtime", "latitude", "longitude", "gmtoff", "dstoff", "timezone", "cc"),
        *("region", "leid", "euid", "lastchanged", "memberrating", "recordid", "leadid", "contactid", "personid"),
        *("organizationid", "organisationid", "accountid", "ownerid", "id", "isdeleted", "systemmodstamp"),
        *("lastmodifiedbyid", "createdbyid", "masterrecordid", "photourl", "jigsaw", "individualid"),
        # Columns of our own exports that are computed and can't be imported.
        *("lead", "score", "stage", "fit", "behaviour", "likelihood", "persona", "lastactivity"),
        *("associatedcompanyids", "associatedcontactids", "associateddealids", "associatedcompanyidsprimary"),
        *("recordidcontact", "recordidcompany", "isconverted", "unsubcampaigntitle", "unsubcampaignid"),
    )
)


class Guess(NamedTuple):
    """The guessed columns. is_known: whether any heading was recognised."""

    columns: list[str]
    day_first: bool


def guess(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Guess:
    """Guess the target of each column, given some rows."""
    words = [_plain(heading) for heading in headings]
    by_heading = [_target_of(word) for word in words]
    samples = [_filled(rows, place) for place in range(len(headings))]
    by_heading = [_checked(target, sample) for target, sample in zip(by_heading, samples, strict=True)]
    columns = _without_repeats(by_heading, words)
    taken = set(columns)
    for place, sample in enumerate(samples):
        if not columns[place] and not by_heading[place]:
            columns[place] = _by_values(sample, taken)
            taken.add(columns[place])
    if taken & {"first_name", "last_name"}:
        columns = [LEFT_OUT if target == "name" else target for target in columns]
    _keep_others(columns, by_heading, headings, samples)
    dates = [
        value for target, sample in zip(columns, samples, strict=True) if target == "created_at" for value in sample
    ]
    return Guess(columns, day_first=is_day_first(dates))


def _plain(heading: str) -> str:
    # "Email (2)" is our own name for a repeated heading.
    base, _, number = heading.rpartition(" (")
    return normal_name(base if base and number.rstrip(")").isdecimal() else heading)


def _filled(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place].strip() for row in rows if place < len(row) and row[place].strip()]


def _checked(target: str, sample: Sequence[str]) -> str:
    """Return the guessed target unless the values contradict it."""
    tests = {"email": lambda value: "@" in value, "phone": lambda value: any(map(str.isdigit, value))}
    test = tests.get(target)
    return target if test is None or not sample or any(map(test, sample)) else ""


def _target_of(word: str) -> str:
    return "optout.email" if word.startswith(_OPTED_OUT) else _BY_HEADING.get(word, "")


def _without_repeats(columns: Sequence[str], words: Sequence[str]) -> list[str]:
    """Give each target to one column: the first one with the best heading."""
    seen: set[str] = set()
    single = [LEFT_OUT] * len(columns)
    for place in sorted(range(len(columns)), key=lambda place: _is_less_sure(words[place])):
        target = columns[place]
        if target not in seen or target in SEVERAL:
            single[place] = target
        seen.add(target)
    return single


def _is_less_sure(word: str) -> bool:
    return word in _LESS_SURE or word.startswith(_OPTED_OUT)


def _by_values(sample: Sequence[str], taken: set[str]) -> str:
    for target, reads in (("email", normal_email), ("phone", normal_phone)):
        if target not in taken and sample and sum(bool(reads(value)) for value in sample) * 2 > len(sample):
            return target
    return LEFT_OUT


def _keep_others(
    columns: list[str], by_heading: Sequence[str], headings: Sequence[str], samples: Sequence[Sequence[str]]
) -> None:
    """Map other useful columns to attributes, up to a limit."""
    kept: set[str] = set()
    for place, heading in enumerate(headings):
        if columns[place] or by_heading[place] or not samples[place] or _plain(heading) in _OF_NO_USE:
            continue
        target = attribute_target(heading)
        if target not in kept and len(kept) < MOST_ATTRIBUTES:
            columns[place] = target
            kept.add(target)


def is_day_first(dates: Sequence[str]) -> bool:
    """Guess whether days precede months: American files have a second number above 12 somewhere."""
    month_first = sum(
        values.moment(date, day_first=True) == values.moment(date, day_first=False) and _second_is_day(date)
        for date in dates
    )
    return month_first == 0


def _second_is_day(date: str) -> bool:
    parts = date.replace("-", "/").replace(".", "/").split("/")
    return len(parts) > 2 and parts[1].isdecimal() and int(parts[1]) > 12
