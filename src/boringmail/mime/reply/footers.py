# ruff: noqa: E501, RUF001 - a line per language, whose letters look like Latin ones to a linter
"""The lines that phones, mail programs and scanners add below a reply, by language.

Data, as in `phrases`: lower case, compared with folded text.
"""

# Beginnings of the line that a phone or a program adds; SENT_FROM_ENDS where the verb stands last.
SENT_FROM: dict[str, tuple[str, ...]] = {
    "ar": ("أرسلت من", "مرسل من", "تم الإرسال من", "أُرسلت من"),
    "bg": ("изпратено от", "изпратен от"),
    "ca": ("enviat des de", "enviat del meu"),
    "cs sk": ("odesláno z", "odoslané z", "odesláno ze", "odoslané zo"),
    "da no": ("sendt fra", "sendt med"),
    "de": ("gesendet von", "von meinem", "diese nachricht wurde von", "gesendet mit"),
    "el": ("στάλθηκε από", "εστάλη από"),
    "en": ("sent from", "sent via", "sent with", "sent using"),
    "es": ("enviado desde", "enviado con"),
    "fi": ("lähetetty",),
    "fr": ("envoyé de", "envoyé depuis", "envoyé à partir", "envoyé avec", "envoyé via"),
    "he": ("נשלח מ", "נשלח באמצעות"),
    "hr sr sl": ("poslano s", "poslano iz", "poslato sa", "послато са"),
    "hu": ("küldve", "elküldve", "iphone-omról"),
    "id ms": ("dikirim dari", "dihantar daripada"),
    "it": ("inviato da", "inviato con"),
    "lt lv et": ("išsiųsta iš", "nosūtīts no", "saadetud minu"),
    "nl": ("verzonden vanaf", "verstuurd vanaf", "verzonden met", "verzonden via"),
    "pl": ("wysłano z", "wysłane z", "wysłano za"),
    "pt": ("enviado do", "enviado a partir", "enviado de", "enviada do", "enviado via"),
    "ro": ("trimis de pe", "trimis din"),
    "ru": ("отправлено с", "отправлено из", "отправлено через"),
    "sv": ("skickat från", "skickades från", "sänt från"),
    "th": ("ส่งจาก",),
    "uk": ("надіслано з", "відправлено з", "надіслано зі"),
    "vi": ("đã gửi từ", "gửi từ", "được gửi từ"),
    "zh": ("从我的", "從我的", "发自我的", "發自我的", "发自", "發自", "来自我的", "傳送自", "由我的"),
}
SENT_FROM_ENDS: dict[str, tuple[str, ...]] = {
    "hu": ("küldve", "elküldve", "küldtem"),
    "ja": ("から送信", "から送信しました", "からの送信", "で送信"),
    "ko": ("에서 보냄", "에서 전송", "에서 보냈습니다", "에서 작성"),
    "tr": ("gönderildi", "gönderilmiştir"),
    "zh": ("发送", "傳送", "寄出"),
}

# `Get Outlook for iOS`: the line has one of these words and the program's name, and little else.
GET_OUTLOOK: tuple[str, ...] = (
    "get outlook", "hent outlook", "få outlook", "hämta outlook", "skaffa outlook", "hanki outlook", "outlook für",
    "télécharger outlook", "obtenir outlook", "obtenez outlook", "outlook pour", "obtener outlook", "outlook para",
    "outlook per", "scarica outlook", "ottieni outlook", "download outlook", "outlook voor", "pobierz outlook",
    "pobierz program outlook", "získejte outlook", "získať outlook", "outlook pro", "outlook letöltése", "outlook for",
    "obțineți outlook", "outlook pentru", "скачать outlook", "outlook для", "outlook за", "αποκτήστε το outlook",
    "outlook'u", "outlook’u", "outlook لـ", "outlook عبر", "outlook עבור", "tải outlook", "dapatkan outlook",
    "outlook untuk", "outlook を入手", "outlook for ios", "outlook 다운로드", "获取 outlook", "下载 outlook", "取得 outlook",
    "outlook สำหรับ",
)  # fmt: skip

# Such a line names its device or program; without one, "sent from my office" is what somebody tells.
DEVICES: tuple[str, ...] = (
    "iphon", "ipad", "ipod", "android", "samsung", "galaxy", "huawei", "xiaomi", "redmi", "oppo", "vivo", "oneplus",
    "pixel", "nokia", "sony", "xperia", "motorola", "blackberry", "windows", "outlook", "gmail", "yahoo", "proton",
    "mail", "gmx", "web.de", "spark", "phone", "smartphone", "handy", "mobil", "móvil", "movil", "mobiel", "tablet",
    "telefon", "telefoon", "celular", "cellulare", "téléphone", "telemóvel", "puhelim", "komór", "мобильн", "телефон",
    "手机", "手機", "携帯", "スマートフォン", "휴대", "스마트폰", "mobitel", "qq邮箱", "邮箱", "thunderbird", "superhuman",
)  # fmt: skip

# Lines that virus scanners and the like add below everything.
SCANNED: tuple[str, ...] = (
    "virus-free", "virenfrei", "sin virus", "garanti sans virus", "libre de virus", "privo di virus", "virusvrij",
    "livre de vírus", "вирусов нет", "без вирусов", "wolny od wirusów", "this email has been checked for viruses",
    "this message has been scanned", "diese e-mail wurde von avast", "cet e-mail a été vérifié", "#dab4fad8",
)  # fmt: skip
