"""The texts on a reader's display, in the language that the host requests.

Spec: USB CCID 1.1, 6.1.11 (bMsgIndex, wLangId); USB Language Identifiers 1.0.
"""

from __future__ import annotations

from enum import IntEnum


class Text(IntEnum):
    """The messages; the first three are the prompts that CCID numbers."""

    ENTER = 0
    NEW = 1
    CONFIRM = 2
    RIGHT = 3
    WRONG = 4
    TIMEOUT = 5
    TRIES_LEFT = 6
    INSERT_CARD = 7
    CARD_ERROR = 8
    BLOCKED = 9
    CANCELLED = 10
    DIFFERENT = 11
    WRONG_LENGTH = 12


LOADABLE = 10
"""Number of messages a host may replace, on readers that allow it."""

PRIMARY = 0x3FF
"""The bits of wLangId that name the primary language."""
ENGLISH = 0x09
TEXTS: dict[int, tuple[str, ...]] = {
    ENGLISH: (
        "Enter PIN:", "New PIN:", "Repeat new PIN:", "PIN correct", "Wrong PIN", "Time is over",
        "Tries left: ", "Insert card", "Card failure", "PIN is blocked", "Cancelled",
        "PINs differ", "Wrong PIN length",
    ),
    0x0C: (
        "Entrez le PIN :", "Nouveau PIN :", "Confirmez PIN :", "PIN correct", "PIN incorrect",
        "Temps dépassé", "Essais : ", "Insérez la carte", "Erreur carte", "PIN bloqué", "Annulé",
        "PIN différents", "Longueur fausse",
    ),
    0x07: (
        "PIN eingeben:", "Neue PIN:", "PIN wiederholen:", "PIN richtig", "PIN falsch",
        "Zeit abgelaufen", "Versuche: ", "Karte einlegen", "Kartenfehler", "PIN gesperrt",
        "Abgebrochen", "PINs ungleich", "PIN-Länge falsch",
    ),
    0x0A: (
        "Teclee el PIN:", "Nuevo PIN:", "Repita el PIN:", "PIN correcto", "PIN incorrecto",
        "Tiempo agotado", "Intentos: ", "Inserte tarjeta", "Error tarjeta", "PIN bloqueado",
        "Cancelado", "PIN distintos", "Longitud errónea",
    ),
    0x10: (
        "Digita il PIN:", "Nuovo PIN:", "Ripeti il PIN:", "PIN corretto", "PIN errato",
        "Tempo scaduto", "Tentativi: ", "Inserire carta", "Errore carta", "PIN bloccato",
        "Annullato", "PIN diversi", "Lunghezza errata",
    ),
    0x16: (
        "Digite o PIN:", "Novo PIN:", "Repita o PIN:", "PIN correto", "PIN incorreto",
        "Tempo esgotado", "Tentativas: ", "Insira o cartão", "Erro no cartão", "PIN bloqueado",
        "Cancelado", "PIN diferentes", "Tamanho errado",
    ),
    0x13: (
        "Voer PIN in:", "Nieuwe PIN:", "Herhaal PIN:", "PIN juist", "PIN onjuist",
        "Tijd verstreken", "Pogingen: ", "Plaats kaart", "Kaartfout", "PIN geblokkeerd",
        "Geannuleerd", "PIN verschilt", "Lengte onjuist",
    ),
    0x1F: (
        "PIN'i girin:", "Yeni PIN:", "PIN'i tekrarla:", "PIN doğru", "PIN yanlış",
        "Süre doldu", "Kalan hak: ", "Kartı takın", "Kart hatası", "PIN bloke", "İptal edildi",
        "PIN'ler farklı", "Uzunluk yanlış",
    ),
}  # fmt: skip
"""The messages by the primary language.

None is longer than 16 characters, the width of the smallest common display.
"""
