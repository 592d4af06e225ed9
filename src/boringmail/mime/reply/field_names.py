# ruff: noqa: E501, RUF001 - a line per language, whose letters look like Latin ones to a linter
"""The header fields that mail programs write above an original that they do not quote, by language.

`From: ... Sent: ... To: ... Subject: ...` is what Outlook puts there, in the language of its user. Names are lower
case, without inner spaces, as Korean and Chinese programs pad them to one width.
"""

_SENDER = "from"
_DATE = "date"
_TO = "to"
_SUBJECT = "subject"
_OTHER = "other"

#: Language: names for the sender, the date, the recipients, the subject, and the rest (copies, attachments).
BY_LANGUAGE: dict[str, tuple[str, str, str, str, str]] = {
    "ar": ("من", "تاريخ الإرسال|تم الإرسال|التاريخ|مرسل", "إلى|الى", "الموضوع", "نسخة"),
    "bg": ("от", "изпратено|дата|изпратен", "до", "тема|относно", "копие"),
    "ca": ("de", "enviat|data", "per a|a", "assumpte", "cc"),
    "cs": ("od", "odesláno|datum|odeslano", "komu|pro", "předmět|predmet", "kopie|skrytá"),
    "da": ("fra", "sendt|dato", "til", "emne|vedr", "cc|kopi|vedhæftede filer"),
    "de": ("von|absender", "gesendet|datum|gesendet am|date", "an|empfänger", "betreff", "cc|kopie|antwort an|anlagen|wichtigkeit|priorität|organisation"),
    "el": ("από", "στάλθηκε|ημερομηνία|εστάλη", "προς", "θέμα", "κοιν|κοινοποίηση"),
    "en": ("from", "sent|date|sent at|received|when", "to|sent to|recipient", "subject|re", "cc|bcc|reply-to|attachments|importance|priority|organization|local time"),
    "es": ("de", "enviado|enviado el|fecha|enviada", "para|a", "asunto", "cc|cco|responder a|datos adjuntos|importancia"),
    "et": ("saatja|kellelt", "saadetud|kuupäev", "adressaat|kellele|saaja", "teema", "koopia"),
    "fi": ("lähettäjä", "lähetetty|päivämäärä|päiväys|pvm", "vastaanottaja", "aihe", "kopio"),
    "fr": ("de", "envoyé|date|envoyé le|date d'envoi", "à|a|pour", "objet|sujet", "cc|cci|répondre à|pièces jointes|importance"),
    "he": ("מאת", "נשלח|תאריך", "אל", "נושא", "עותק|העתק"),
    "hr": ("od|šalje", "poslano|datum", "za|prima", "predmet", "kopija"),
    "hu": ("feladó|küldő", "elküldve|dátum|küldve|küldés dátuma", "címzett", "tárgy", "másolat|másolatot kap"),
    "id": ("dari", "terkirim|tanggal|dikirim", "kepada|ke|untuk", "subjek|perihal|hal", "cc|tembusan"),
    "it": ("da", "inviato|data", "a", "oggetto", "cc|ccn|rispondi a|risposta|allegati|priorità"),
    "ja": ("差出人|送信者|from", "送信日時|日時|日付|sent|送信", "宛先|to", "件名|subject", "cc"),
    "ko": ("보낸사람|보내는사람|발신", "보낸날짜|날짜|보낸시간|일시", "받는사람|수신|받는이", "제목", "참조|숨은참조"),
    "lt": ("nuo|siuntėjas", "išsiųsta|data", "kam|iki", "tema", "kopija"),
    "lv": ("no", "nosūtīts|datums", "kam|uz", "tēma", "kopija"),
    "nl": ("van", "verzonden|datum|verstuurd", "aan|naar", "onderwerp", "cc|bcc|kopie|bijlagen|beantwoorden"),
    "no": ("fra", "sendt|dato", "til", "emne", "kopi|cc"),
    "pl": ("od|nadawca", "wysłano|data|wysłane|data wysłania", "do|adresat", "temat", "dw|cc|kopia|udw|do wiadomości"),
    "pt": ("de", "enviado|enviada|enviada em|data|enviado em", "para", "assunto", "cc|cco|anexos|responder para|prioridade"),
    "ro": ("de la|expeditor|de", "trimis|data|trimis la|dată", "către|catre|la", "subiect", "cc|copie"),
    "ru": ("от|отправитель|от кого", "отправлено|дата|послано", "кому|для", "тема", "копия|скрытая копия"),
    "sk": ("od", "odoslané|dátum|poslané", "komu|pre", "predmet", "kópia"),
    "sl": ("od", "poslano|datum", "za", "zadeva", "kp|v vednost"),
    "sr": ("шаље|од|šalje", "послато|датум|poslato", "прима|за|prima", "тема|наслов|naslov", "копија"),
    "sv": ("från", "skickat|datum|skickades", "till", "ämne", "kopia|cc|bilagor"),
    "th": ("จาก", "ส่งเมื่อ|วันที่|ส่ง", "ถึง", "เรื่อง|หัวเรื่อง|ชื่อเรื่อง", "สำเนา"),
    "tr": ("kimden|gönderen", "gönderildi|tarih|gönderilme tarihi|gönderme tarihi", "kime|alıcı", "konu", "bilgi"),
    "uk": ("від|від кого|відправник", "надіслано|дата|відправлено", "кому|до", "тема", "копія"),
    "vi": ("từ|người gửi", "đã gửi|ngày|ngày gửi|gửi|đã gửi vào", "tới|đến|người nhận|gửi tới", "chủ đề|tiêu đề", "đồng gửi"),
    "zh": ("发件人|寄件者|寄件人|發件人|发送人", "发送时间|日期|時間|时间|寄件日期|傳送時間|發送時間|寄件時間|发送日期|已傳送", "收件人|收件者", "主题|主旨|主題|标题", "抄送|副本|密件抄送|附件|抄送人"),
}  # fmt: skip


def _kinds() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for names in BY_LANGUAGE.values():
        for kind, column in zip((_SENDER, _DATE, _TO, _SUBJECT, _OTHER), names, strict=True):
            for name in column.split("|"):
                found.setdefault(name.replace(" ", "").casefold(), set()).add(kind)
    return {name: frozenset(kinds) for name, kinds in found.items()}


#: A name may mean several fields: `a` is the recipient in Italian, `de la` the sender in Romanian.
KINDS = _kinds()
LONGEST = max(map(len, KINDS))

#: Fields that only a raw header has: who pastes those shows a header, and no program wrote it as an introduction.
RAW = frozenset({
    "received", "message-id", "mime-version", "content-type", "return-path", "delivered-to", "dkim-signature",
    "content-transfer-encoding", "in-reply-to", "references", "authentication-results", "x-mailer", "user-agent",
    "received-spf", "arc-seal", "list-unsubscribe", "x-spam-status", "x-originating-ip", "envelope-to", "final-recipient",
    "diagnostic-code", "action", "status",
})  # fmt: skip
