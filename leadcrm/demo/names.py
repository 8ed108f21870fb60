"""What people and companies are called, by country. All of it is invented; every domain ends in .example."""

import unicodedata
from functools import cache
from typing import NamedTuple


class Country(NamedTuple):
    """A country that leads come from.

    weight: how many of a hundred leads come from there. calling_code and mobile_prefix: how a mobile number
    begins. legal_forms: what companies add to their names.
    """

    name: str
    weight: float
    cities: tuple[str, ...]
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    calling_code: str
    mobile_prefix: str
    legal_forms: tuple[str, ...]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.replace("_", " ") for word in text.split())


def _country(
    name: str, weight: float, cities: str, first_names: str, last_names: str, calling_code: str, prefix: str, forms: str
) -> Country:
    """Read a country from lists of words; an underscore stands for a space within a name."""
    return Country(
        name, weight, _words(cities), _words(first_names), _words(last_names), calling_code, prefix, _words(forms)
    )


COUNTRIES = (
    _country(
        "Sweden", 16, "Umeå Stockholm Göteborg Malmö Uppsala Linköping Örebro",
        "Maja Sara Gustav Elin Oskar Astrid Viktor Ebba Nils Linnea Johan Karin Hugo Alva",
        "Lindqvist Ekdahl Nyberg Sjöberg Holmgren Åkesson Wallin Söderlund Björk Hedlund Norén Forsberg Dahlström",
        "+46", "70", "AB AB HB",
    ),
    _country(
        "Norway", 13, "Oslo Bergen Trondheim Stavanger Tromsø Halden",
        "Erik Ingrid Sigrid Lars Solveig Magnus Kari Henrik Tuva Anders Marit Håkon",
        "Haugen Solbakken Nordli Bakke Strand Lunde Moen Hagen Eide Fjeld Aasen Rønning",
        "+47", "4", "AS AS ANS",
    ),
    _country(
        "Denmark", 8, "København Aarhus Odense Aalborg Esbjerg",
        "Freja Mads Ida Emil Signe Rasmus Clara Asger Liv Frederik Mette Søren",
        "Kjær Holm Bruun Skov Lind Østergaard Winther Krogh Bech Dalgaard Juhl",
        "+45", "2", "ApS A/S",
    ),
    _country(
        "Finland", 6, "Helsinki Tampere Turku Oulu Espoo",
        "Aino Eero Helmi Onni Saara Veikko Kaisa Lauri Venla Otso",
        "Virtanen Mäkelä Koskinen Lehtonen Salmi Rantala Heikkilä Laaksonen Niemi",
        "+358", "40", "Oy Oy Ky",
    ),
    _country(
        "Germany", 11, "Berlin Hamburg München Köln Leipzig Freiburg",
        "Jonas Bruno Hanna Lukas Greta Moritz Paula Felix Lena Anton Mina Clara",
        "Brandt Keller Vogel Hartmann Lorenz Seidel Krüger Böhm Ritter Voß Albrecht Sommer",
        "+49", "160", "GmbH GmbH KG",
    ),
    _country(
        "United Kingdom", 10, "London Manchester Bristol Leeds Edinburgh Cardiff",
        "Oliver Amara Daniel Poppy Harriet Callum Imogen Rhys Freya Kwame Priyanka Zara",
        "Thorne Okafor Osei Whitfield Ashdown Marlowe Rao Hughes Pemberton Fairclough Blake Sutton",
        "+44", "770", "Ltd Ltd LLP",
    ),
    _country(
        "Netherlands", 7, "Amsterdam Rotterdam Utrecht Eindhoven Groningen",
        "Noah Bram Fleur Sanne Daan Lotte Thijs Femke Joost Roos Sem",
        "van_Dijk de_Lange Visser Bakker Smit Mulder Hoekstra Kuipers Postma Veenstra",
        "+31", "61", "BV BV VOF",
    ),
    _country(
        "France", 6, "Paris Lyon Nantes Bordeaux Lille Toulouse",
        "Chloé Leïla Antoine Camille Hugo Inès Mathieu Manon Théo Élodie",
        "Fontaine Benhaddou Lefèvre Moreau Girard Mercier Chevalier Roux Perrin Blanchard",
        "+33", "61", "SARL SAS",
    ),
    _country(
        "Italy", 6, "Milano Torino Bologna Roma Verona",
        "Sofia Matteo Giulia Lorenzo Chiara Davide Elena Marco Francesca Pietro",
        "Marchetti Ricci Conti Ferrari Galli Rinaldi Moretti Barbieri Fontana Serra",
        "+39", "333", "Srl Srl SpA",
    ),
    _country(
        "Spain", 5, "Madrid Barcelona Valencia Sevilla Bilbao",
        "Inés Pablo Lucía Álvaro Carmen Diego Marta Iker Nuria Javier",
        "Carrasco Ortega Vidal Navarro Iglesias Campos Serrano Prieto Molina Cano",
        "+34", "61", "SL SL SA",
    ),
    _country(
        "Poland", 5, "Warszawa Kraków Gdańsk Wrocław Poznań",
        "Tomasz Hanna Zofia Piotr Agnieszka Jakub Magda Wojciech Ola Kacper",
        "Wieczorek Kowalczyk Zieliński Wójcik Mazur Pawlak Sikora Baran Dudek Lis",
        "+48", "60", "sp._z_o.o. sp._j.",
    ),
    _country(
        "Portugal", 2, "Lisboa Porto Braga Coimbra",
        "Rosa Tiago Beatriz Duarte Joana Rui Leonor", "Almeida Teixeira Pinto Fonseca Moura Lobo Matos",
        "+351", "91", "Lda",
    ),
    _country(
        "Czechia", 2, "Praha Brno Ostrava Plzeň",
        "Karel Tereza Ondřej Eliška Jan Klára", "Novotný Dvořák Procházka Horák Beneš Kolář",
        "+420", "60", "s.r.o.",
    ),
    _country(
        "Turkey", 1.5, "İstanbul Ankara İzmir", "Elif Emre Zeynep Kerem Defne Can",
        "Nadir Yılmaz Demir Aydın Kaya Şahin", "+90", "530", "A.Ş.",
    ),
    _country(
        "United States", 3, "Portland Austin Boston Chicago Denver",
        "Grace Marcus Yara Tyler Simone Ethan Naomi Caleb", "Bennett Haddad Coleman Reyes Whitaker Nguyen Foster Ortiz",
        "+1", "212", "Inc. LLC",
    ),
    _country(
        "India", 1, "Bengaluru Mumbai Pune", "Ananya Rohan Meera Arjun Kavya", "Iyer Menon Deshpande Bose Sethi",
        "+91", "981", "Pvt_Ltd",
    ),
    _country(
        "Nigeria", 0.5, "Lagos Abuja", "Aisha Chinedu Folake Tunde", "Bello Eze Adeyemi Okonkwo", "+234", "803", "Ltd",
    ),
    _country(
        "Japan", 0.5, "Tokyo Osaka", "Haruka Kenji Yui Sota", "Tanaka Mori Fujita Ishii", "+81", "901", "KK",
    ),
)  # fmt: skip

# What a company is called before its trade: "Nordlys Hotels", "Studio Nova".
COMPANY_WORDS = _words(
    "Nordlys Brightwell Lumen Fjällräv Aurora Harbour Linden Kestrel Marmara Alameda Copper Juniper Tidewater Solstice"
    " Birchwood Meridian Beacon Foxglove Granite Saltmarsh Northgate Halcyon Ember Willow Polaris Cobalt Rowan Larkspur"
    " Millrace Orchard Signal Thistle Vantage Westerly Zephyr Amber Bellwether Cinder Driftwood Evergreen"
)

_WITHOUT_ACCENT = {"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ð": "d"}
_PLAIN = str.maketrans(_WITHOUT_ACCENT)


@cache
def plain(text: str) -> str:
    """Return text as it may stand in an address: "Fjällräv Outdoor" becomes "fjallravoutdoor"."""
    letters = unicodedata.normalize("NFKD", text.lower().translate(_PLAIN))
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())
