"""The currencies of ISO 4217 that amounts can be in, with the decimals of their minor unit.

Codes without a minor unit (metals, funds of account, tests: XAU, XDR, XTS ...) are left out: nothing
can be priced in them. Source: ISO 4217 list one, as amended to 2026.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orderwright.domain.errors import Rejected

_CODES_BY_EXPONENT: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: """AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD
          CAD CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
          GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK
          LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
          NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS
          SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
          XAD XCD XCG YER ZAR ZMW ZWG""",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


class UnknownCurrency(Rejected):
    code = "unknown_currency"


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 code and how many decimals its minor unit has (GBP 2, JPY 0, KWD 3, CLF 4)."""

    code: str
    exponent: int

    @classmethod
    def of(cls, code: str) -> Currency:
        """Raises: UnknownCurrency: not a current ISO 4217 code that amounts can be in."""
        try:
            return _CURRENCIES[code]
        except KeyError:
            raise UnknownCurrency("the currency is not a current ISO 4217 code") from None


_CURRENCIES: Final = {
    code: Currency(code, exponent)
    for exponent, codes in _CODES_BY_EXPONENT.items()
    for code in codes.split()
}
CURRENCY_CODES: Final = tuple(sorted(_CURRENCIES))
