"""Country names in files, for phone numbers without a country code."""

import phonenumbers

# ISO 3166 codes with the usual English name.
NAMES = {
    "AR": "Argentina", "AU": "Australia", "AT": "Austria", "BY": "Belarus", "BE": "Belgium", "BR": "Brazil",
    "BG": "Bulgaria", "CA": "Canada", "CL": "Chile", "CN": "China", "CO": "Colombia", "HR": "Croatia", "CY": "Cyprus",
    "CZ": "Czechia", "DK": "Denmark", "EG": "Egypt", "EE": "Estonia", "FI": "Finland", "FR": "France", "DE": "Germany",
    "GH": "Ghana", "GR": "Greece", "HK": "Hong Kong", "HU": "Hungary", "IS": "Iceland", "IN": "India",
    "ID": "Indonesia", "IE": "Ireland", "IL": "Israel", "IT": "Italy", "JP": "Japan", "KZ": "Kazakhstan",
    "KE": "Kenya", "LV": "Latvia", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg", "MY": "Malaysia",
    "MT": "Malta", "MX": "Mexico", "MD": "Moldova", "MA": "Morocco", "NL": "Netherlands", "NZ": "New Zealand",
    "NG": "Nigeria", "MK": "North Macedonia", "NO": "Norway", "PK": "Pakistan", "PE": "Peru", "PH": "Philippines",
    "PL": "Poland", "PT": "Portugal", "RO": "Romania", "RU": "Russia", "SA": "Saudi Arabia", "RS": "Serbia",
    "SG": "Singapore", "SK": "Slovakia", "SI": "Slovenia", "ZA": "South Africa", "KR": "South Korea", "ES": "Spain",
    "SE": "Sweden", "CH": "Switzerland", "TW": "Taiwan", "TH": "Thailand", "TN": "Tunisia", "TR": "Turkey",
    "UA": "Ukraine", "AE": "United Arab Emirates", "GB": "United Kingdom", "US": "United States", "VN": "Vietnam",
}  # fmt: skip
_ALSO = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "u.s.": "US",
    "u.s.a.": "US", "united states of america": "US", "deutschland": "DE", "sverige": "SE", "norge": "NO",
    "danmark": "DK", "suomi": "FI", "polska": "PL", "españa": "ES", "italia": "IT", "österreich": "AT",
    "schweiz": "CH", "suisse": "CH", "nederland": "NL", "the netherlands": "NL", "holland": "NL", "belgië": "BE",
    "belgique": "BE", "czech republic": "CZ", "türkiye": "TR", "turkiye": "TR", "brasil": "BR", "méxico": "MX",
    "russian federation": "RU", "korea": "KR", "uae": "AE", "slovak republic": "SK", "viet nam": "VN",
}  # fmt: skip
_CODES = {
    **{code.lower(): code for code in phonenumbers.SUPPORTED_REGIONS},
    **{name.lower(): code for code, name in NAMES.items()},
    **_ALSO,
}


def country_code(text: str) -> str:
    """Return the ISO code of a country given by name or code, "" if unknown."""
    return _CODES.get(text.strip().lower(), "")
