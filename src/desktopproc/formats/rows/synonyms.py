"""Knows what people call the columns of their tables, in several languages."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from desktopproc.core.errors import UsageError
from desktopproc.formats.rows.json_rows import ITEM

_PARTY = {
    "name": "name company firma société empresa azienda bedrijf",
    "contact": "contact contactperson attention attn ansprechpartner contacto contatto",
    "street": "street address1 addressline1 straße strasse rue calle via straat adresse1",
    "street2": "street2 address2 addressline2 adresszusatz complément adresse2",
    "postcode": "postcode postalcode zip zipcode plz codepostal códigopostal cap",
    "city": "city town ort stadt ville ciudad città plaats",
    "region": "region state province bundesland provincia",
    "country": "country land pays país paese",
    "address": "address adresse anschrift dirección indirizzo adres",
    "number": "number id no nummer nr numéro",
    "vat_id": "vatid vatno vatnumber ustid ustidnr uid tvaintracom nif partitaiva btwnummer",
    "email": "email mail",
    "phone": "phone telephone tel telefon téléphone",
}
_SELLER = {
    "website": "website web url",
    "tax_number": "taxnumber taxno steuernummer",
    "register": "register registration companynumber handelsregister hrb siret",
    "iban": "iban account",
    "bic": "bic swift",
    "bank": "bank bankname banque banco banca",
}
_PARTIES = {
    "customer": "customer client buyer recipient billto bill kunde kunden empfänger cliente "
    "klant to",
    "delivery": "delivery shipto ship shipping lieferung liefer livraison entrega consegna",
    "seller": "seller sender supplier vendor from absender verkäufer vendeur vendedor mittente",
}
_OWN = {
    "number": "number invoicenumber invoiceno invoice invoiceid documentnumber docno "
    "rechnungsnummer rechnungsnr rechnung belegnummer belegnr numérodefacture facture "
    "númerodefactura factura numerofattura fattura factuurnummer factuur deliverynotenumber "
    "lieferscheinnummer letternumber",
    "date": "date invoicedate documentdate issuedate issued datum rechnungsdatum belegdatum "
    "datefacture fecha data factuurdatum",
    "due": "due duedate payby paymentdue fällig fälligkeit fälligam zahlbarbis échéance "
    "vencimiento scadenza vervaldatum",
    "delivered": "delivered deliverydate servicedate serviceperiod lieferdatum leistungsdatum "
    "leistungszeitraum datelivraison fechaentrega",
    "reference": "reference ref yourreference order orderno ordernumber purchaseorder ponumber "
    "po bestellnummer auftragsnummer auftrag référence commande referencia pedido riferimento",
    "currency": "currency currencycode währung devise moneda valuta",
    "language": "language locale lang sprache langue idioma lingua taal",
    "title": "title documenttitle heading titel titre título titolo",
    "subject": "subject betreff objet asunto oggetto onderwerp",
    "text": "text body message letter brief brieftext texte texto testo",
    "notes": "notes note remarks comment comments hinweis hinweise bemerkung bemerkungen "
    "remarques observaciones opmerkingen",
    "terms": "terms paymentterms zahlungsbedingungen zahlungsziel conditions condiciones",
    "discount": "documentdiscount invoicediscount totaldiscount overalldiscount gesamtrabatt "
    "rechnungsrabatt remiseglobale descuentototal scontototale",
    "paid": "paid deposit prepaid alreadypaid anzahlung bezahlt acompte pagado",
    "tax": "documenttax defaulttax",
    "salutation": "salutation anrede",
}
_ITEMS = {
    "description": "description product productname article articlename service item itemname "
    "lineitem beschreibung bezeichnung artikel leistung produkt position désignation libellé "
    "produit descripción producto concepto descrizione prodotto omschrijving",
    "details": "details detail longdescription zusatz einzelheiten détails detalles dettagli",
    "sku": "sku articlenumber articleno itemnumber productcode productid code artikelnummer "
    "artikelnr referenzeartikel",
    "quantity": "quantity qty count pieces menge anzahl stückzahl stück quantité qté cantidad "
    "quantità aantal hours stunden",
    "unit": "unit units uom einheit mengeneinheit unité unidad unità eenheid",
    "price": "price unitprice priceeach netprice rate einzelpreis preis nettopreis epreis ep "
    "prix prixunitaire pu precio preciounitario prezzo prezzounitario prijs stukprijs",
    "discount": "discount linediscount discountpercent rabatt nachlass remise descuento sconto "
    "korting",
    "tax": "tax taxrate vat vatrate taxpercent vatpercent gst mwst mwstsatz ust ustsatz "
    "steuersatz steuer tva tauxtva iva aliquota btw",
    "total": "total linetotal amount lineamount sum gesamt gesamtpreis betrag summe montant "
    "importe importo bedrag",
}


def plain(name: str) -> str:
    """A name without case, accents, and whatever is no letter or digit."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return "".join(letter for letter in letters if letter.isalnum())


def custom(name: str) -> str:
    """How a column that means nothing to us is named in a template: "Start date" is start_date."""
    return re.sub(r"[^\w.]+", "_", name.strip().casefold()).strip("_")


def field_of(column: str, *, is_nested: bool = False) -> str:
    """What a column means, such as `item.price`; its own name where nothing is known of it.

    Where documents hold their items, a discount or a tax beside them is the document's own.
    """
    if column.startswith(ITEM):
        inner = plain(column.removeprefix(ITEM))
        return _items().get(inner) or f"{ITEM}{custom(column.removeprefix(ITEM))}"
    field = _known().get(plain(column)) or custom(column)
    if is_nested and field.startswith(ITEM):
        inner = field.removeprefix(ITEM)
        return inner if inner in _OWN else custom(column)
    return field


def fields_of(
    columns: Iterable[str], given: Mapping[str, str], *, is_nested: bool = False
) -> list[str]:
    """What each column means; `given` leads from a field to the column the user named for it."""
    names = list(columns)
    chosen: dict[str, str] = {}
    for field, column in given.items():
        found = [name for name in names if plain(name) == plain(column)]
        if not found:
            known = ", ".join(name for name in names if name)
            raise UsageError(f"--column {field}={column}: there is no such column, but {known}.")
        chosen[found[0]] = field_of(field)
    taken = set(chosen.values())
    fields = []
    for name in names:
        field = chosen.get(name) or field_of(name, is_nested=is_nested)
        if name not in chosen and field in taken:  # a second one of a kind stays what it is called
            field = custom(name)
        taken.add(field)
        fields.append(field)
    return fields


@cache
def known_fields() -> frozenset[str]:
    """Every field that means something, whether a table has it or not."""
    return frozenset((*_known().values(), *_items().values()))


@cache
def _known() -> dict[str, str]:
    """From plain names to fields; what is written first wins."""
    found: dict[str, str] = {}
    for field, words in _OWN.items():
        if field not in _ITEMS:  # alone, a discount or a tax is the item's
            _add(found, field, words)
        else:
            found |= {plain(word): field for word in words.split()}
    for field, words in _ITEMS.items():
        _add(found, f"item.{field}", words)
        for word in words.split():
            found.setdefault("item" + plain(word), f"item.{field}")
    for party, callings in _PARTIES.items():
        parts = _PARTY | (_SELLER if party == "seller" else {})
        for called in callings.split():
            for part, words in parts.items():
                for word in words.split():
                    found.setdefault(plain(called + word), f"{party}.{part}")
            found.setdefault(plain(called), f"{party}.name")
    for part, words in _PARTY.items():
        _add(found, f"customer.{part}", words)
    for part, words in _SELLER.items():
        _add(found, f"seller.{part}", words)
    return found


@cache
def _items() -> dict[str, str]:
    found: dict[str, str] = {}
    for field, words in _ITEMS.items():
        _add(found, f"item.{field}", words)
    found.setdefault("name", "item.description")
    found.setdefault("number", "item.sku")
    found.setdefault("id", "item.sku")
    found.setdefault("notes", "item.details")
    return found


def _add(found: dict[str, str], field: str, words: str) -> None:
    found.setdefault(plain(field), field)
    for word in words.split():
        found.setdefault(plain(word), field)
