# ruff: noqa: E501, RUF001 - a line per language, whose letters look like Latin ones to a linter
"""What mail programs and people write around a quoted original, by language.

Data, not rules: to teach a language, add its line. All entries are lower case and are compared with folded text.
Sources: messages of Gmail, Outlook, Apple Mail, Thunderbird, Yahoo and the regional programs named in the
replies corpus of the tests. Languages of related wording share a line.
"""

# Words for "wrote" in the line above a quotation, wherever they stand in it.
WROTE: dict[str, tuple[str, ...]] = {
    "ar": ("كتب", "كتبت", "تمت كتابة ما يلي"),
    "bg": ("написа", "пише"),
    "ca": ("va escriure", "ha escrit"),
    "cs": ("napsal", "napsala", "píše"),
    "da no sv": ("skrev", "skreiv", "følgende"),
    "de": ("schrieb", "geschrieben", "zitat von"),
    "el": ("έγραψε", "έγραψαν"),
    "en": ("wrote", "writes", "quoting"),
    "es": ("escribió", "escribio", "ha escrito", "escribe"),
    "et": ("kirjutas",),
    "eu": ("idatzi du",),
    "fa": ("نوشت",),
    "fi": ("kirjoitti",),
    "fr": ("a écrit", "a ecrit", "écrivait"),
    "he": ("כתב", "כתבה", "מאת"),
    "hr sr sl": ("napisao", "napisala", "je napisal", "piše", "написао", "написала"),
    "hu": ("ezt írta", "írta"),
    "id ms": ("menulis",),
    "it": ("ha scritto", "scrive"),
    "ja": ("のメール", "のメッセージ", "書きました", "wrote"),
    "ko": ("작성", "썼습니다", "님이 쓴"),
    "lt": ("rašė", "parašė"),
    "lv": ("rakstīja",),
    "nl": ("schreef", "geschreven"),
    "pl": ("pisze", "napisał", "nadesłał", "pisał"),
    "pt": ("escreveu", "escreveram"),
    "ro": ("a scris",),
    "ru": ("написал", "написала", "пишет", "писал"),
    "sk": ("napísal", "napísala", "píše"),
    "th": ("เขียนว่า", "เขียน"),
    "tr": ("yazdı", "şunları yazdı"),
    "uk": ("пише", "написав", "написала"),
    "vi": ("đã viết", "viết"),
    "zh": ("写道", "寫道", "撰写", "撰寫", "写到"),
}

# How the line above a quotation begins, where it does not begin with a name, a weekday or a figure.
OPENERS: dict[str, tuple[str, ...]] = {
    "ar": ("في", "بتاريخ"),
    "bg": ("на",),
    "ca": ("el dia",),
    "cs sk": ("dne", "dňa", "dna"),
    "da no sv": ("den", "på", "d."),
    "de": ("am", "zitat von"),
    "el": ("στις", "την"),
    "en": ("on", "at", "quoting"),
    "es": ("el", "con fecha"),
    "et lt lv": ("kuupäeval",),
    "fr": ("le", "en date de"),
    "he": ("בתאריך", "ב-"),
    "hr sr sl": ("dana", "dne"),
    "id ms": ("pada",),
    "it": ("il", "in data", "alle"),
    "nl": ("op",),
    "pl": ("w dniu", "dnia"),
    "pt": ("em", "no dia", "a"),
    "ro": ("în", "in data", "pe"),
    "ru uk": ("от", "від"),
    "th": ("ในวันที่", "เมื่อ"),
    "tr": ("tarihinde",),
    "vi": ("vào",),
    "zh": ("在", "于", "於"),
}

# Between rules of dashes, above the original of a reply: `-----Original Message-----`.
ORIGINAL: dict[str, tuple[str, ...]] = {
    "ar": ("الرسالة الأصلية", "رسالة أصلية"),
    "bg": ("оригинално съобщение",),
    "cs": ("původní zpráva", "původní e-mail", "puvodni zprava"),
    "da no": (
        "oprindelig meddelelse",
        "oprindelig besked",
        "opprinnelig e-post",
        "original meddelelse",
        "opprinnelig melding",
        "original melding",
    ),
    "de": ("ursprüngliche nachricht", "originalnachricht", "original-nachricht", "ursprüngliche mail"),
    "el": ("αρχικό μήνυμα", "πρωτότυπο μήνυμα"),
    "en": ("original message", "original mail", "reply message", "original email", "original appointment"),
    "es": ("mensaje original",),
    "fi": ("alkuperäinen viesti",),
    "fr": ("message d'origine", "message d’origine", "message original", "message initial"),
    "he": ("הודעה מקורית",),
    "hr sr sl": ("izvorna poruka", "originalna poruka", "izvirno sporočilo"),
    "hu": ("eredeti üzenet",),
    "id ms": ("pesan asli",),
    "it": ("messaggio originale",),
    "ja": ("元のメッセージ", "オリジナル メッセージ", "オリジナルメッセージ"),
    "ko": ("원본 메일", "원본 메시지", "원본메일", "원본메시지"),
    "nl": ("oorspronkelijk bericht", "origineel bericht", "oorspronkelijke bericht"),
    "pl": ("wiadomość oryginalna", "oryginalna wiadomość", "wiadomość źródłowa"),
    "pt": ("mensagem original",),
    "ro": ("mesaj original", "mesajul original"),
    "ru": ("исходное сообщение", "оригинальное сообщение", "исходное письмо"),
    "sk": ("pôvodná správa",),
    "sv": ("ursprungligt meddelande", "originalmeddelande", "ursprungsmeddelande"),
    "th": ("ข้อความต้นฉบับ",),
    "tr": ("orijinal ileti", "orijinal mesaj", "özgün ileti", "orjinal mesaj"),
    "uk": ("вихідне повідомлення", "оригінальне повідомлення"),
    "vi": ("thư gốc", "tin nhắn gốc"),
    "zh": ("原始邮件", "原始郵件", "原邮件", "原始訊息", "邮件原件", "回复的原邮件", "回复的原始邮件"),
}

# Above a message that is passed on; what follows is what the sender wants to show.
FORWARDED: dict[str, tuple[str, ...]] = {
    "ar": ("رسالة معاد توجيهها", "الرسالة المعاد توجيهها"),
    "bg": ("препратено съобщение",),
    "cs sk": ("přeposlaná zpráva", "přeposlaný e-mail", "preposlaná správa", "předaná zpráva"),
    "da no": ("videresendt meddelelse", "videresendt besked", "videresendt melding"),
    "de": ("weitergeleitete nachricht", "weitergeleitete e-mail", "anfang der weitergeleiteten"),
    "el": ("προωθημένο μήνυμα",),
    "en": ("forwarded message", "begin forwarded message", "forwarded by", "forwarded mail"),
    "es": ("mensaje reenviado", "inicio del mensaje reenviado", "forwarded message"),
    "fi": ("välitetty viesti", "edelleenlähetetty viesti"),
    "fr": (
        "message transféré",
        "message transmis",
        "début du message transféré",
        "début du message réexpédié",
    ),
    "he": ("הודעה שהועברה",),
    "hr sr sl": ("proslijeđena poruka", "prosleđena poruka", "posredovano sporočilo"),
    "hu": ("továbbított üzenet",),
    "id ms": ("pesan terusan", "pesan diteruskan"),
    "it": ("messaggio inoltrato", "inizio messaggio inoltrato"),
    "ja": ("転送メッセージ", "転送されたメッセージ", "転送されたメッセージ"),
    "ko": ("전달된 메일", "전달된 메시지", "전달 메일"),
    "nl": ("doorgestuurd bericht", "begin doorgestuurd bericht"),
    "pl": ("przekazana wiadomość", "wiadomość przekazana", "treść przekazanej wiadomości"),
    "pt": ("mensagem encaminhada", "mensagem reencaminhada", "início da mensagem"),
    "ro": ("mesaj redirecționat", "mesaj redirectionat"),
    "ru": ("пересылаемое сообщение", "пересланное сообщение", "переадресованное сообщение"),
    "sv": ("vidarebefordrat meddelande", "vidarebefordrat brev"),
    "th": ("ข้อความที่ส่งต่อ",),
    "tr": ("yönlendirilmiş ileti", "iletilen mesaj", "yönlendirilen ileti"),
    "uk": ("переслане повідомлення", "переадресоване повідомлення"),
    "vi": ("thư được chuyển tiếp", "tin nhắn được chuyển tiếp", "thư đã chuyển tiếp"),
    "zh": ("转发邮件", "轉寄郵件", "转发的邮件", "轉寄的郵件", "转发邮件信息", "已转发的邮件"),
}

# The line that help desks put above their own mail: what stands above it is the answer.
REPLY_ABOVE: dict[str, tuple[str, ...]] = {
    "cs sk": ("nad tento řádek", "nad týmto riadkom"),
    "da no sv": ("over denne linje", "over denne linjen", "ovanför denna rad", "ovanför den här raden"),
    "de": (
        "über dieser zeile",
        "oberhalb dieser zeile",
        "über diese zeile",
        "oberhalb dieser linie",
        "über dieser linie",
    ),
    "en": ("above this line", "above the line"),
    "es": ("encima de esta línea", "arriba de esta línea", "por encima de esta"),
    "fi": ("tämän rivin yläpuolelle",),
    "fr": ("au-dessus de cette ligne", "au dessus de cette ligne"),
    "it": ("sopra questa riga", "sopra questa linea"),
    "ja": ("この行より上", "この線より上"),
    "nl": ("boven deze regel", "boven deze lijn"),
    "pl": ("powyżej tej linii", "powyżej tego wiersza", "nad tą linią"),
    "pt": ("acima desta linha", "acima dessa linha"),
    "ru uk": ("выше этой строки", "вище цього рядка", "над этой строкой"),
    "tr": ("bu satırın üzerine", "bu çizginin üzerine"),
    "zh": ("在此行上方", "在這行上方", "此行以上"),
}

# Such a line speaks of an answer: `Do not write above this line` stands on forms.
REPLY_WORDS: tuple[str, ...] = (
    "reply", "replies", "respond", "response", "answer", "antwort", "répon", "respuesta", "respond", "risp", "resposta",
    "antwoord", "odpow", "odpov", "svar", "vasta", "ответ", "відпов", "yanıt", "cevap", "返信", "回答", "回复", "回覆",
)  # fmt: skip

# A sender who says that what stands below matters, has answered inside it or passes it on.
POINTS_BELOW: tuple[str, ...] = (
    "see below", "read below", "mail below", "message below", "email below", "thread below", "below mail",
    "below email", "below message", "answers below", "reply below", "replies below", "responses below",
    "comments below", "answered below", "replied below", "inline", "in-line", "in line below", "in red", "in blue",
    "in green", "in bold", "fyi", "fwd", "forwarding", "forwarded", "i forward", "passing this on",
    "siehe unten", "s. unten", "siehe anhang unten", "unten stehend", "untenstehend", "weiterleit", "weitergeleitet",
    "zur info", "z.k.", "zur kenntnis", "rot markiert", "in rot", "in blau",
    "ci-dessous", "pour info", "transfère", "transféré", "transfert", "en rouge", "dans le texte",
    "más abajo", "a continuación", "reenvío", "reenvio", "en rojo", "para tu información", "abaixo", "encaminho",
    "qui sotto", "di seguito", "inoltro", "in rosso", "per conoscenza", "hieronder", "zie onder", "ter info",
    "stuur door", "doorgestuurd", "poniżej", "przesyłam dalej", "przekazuję", "nedenfor", "til info", "videresender",
    "nedan", "vidarebefordrar", "alla olevaan", "alla oleva", "níže", "nižšie", "přeposílám", "alább", "lentebb",
    "mai jos", "по-долу", "ниже", "пересылаю", "нижче", "пересилаю", "παρακάτω", "προωθώ", "aşağıda", "أدناه",
    "להלן", "למטה", "bên dưới", "ด้านล่าง", "di bawah", "아래", "以下の", "下記", "転送します", "如下", "见下", "見下",
    "轉寄", "转发",
)  # fmt: skip

# How a letter begins: a quotation that begins so is a mail, one that does not may be a log or a listing.
GREETINGS: tuple[str, ...] = (
    "hi", "hello", "dear", "hey", "good morning", "good afternoon", "hallo", "guten tag", "sehr geehrte", "liebe",
    "moin", "bonjour", "salut", "cher", "chère", "hola", "buenos", "buenas", "estimad", "olá", "ola", "bom dia",
    "prezad", "caro", "cara", "ciao", "buongiorno", "gentile", "beste", "geachte", "goedemorgen", "hej", "hei",
    "kære", "kjære", "dzień dobry", "witam", "cześć", "szanown", "dobrý den", "dobrý deň", "ahoj", "vážen",
    "szia", "tisztelt", "kedves", "bună", "stimat", "здравей", "здравствуйте", "добрый день", "привет", "уважаем",
    "добрий день", "вітаю", "шановн", "γεια", "αγαπητ", "merhaba", "sayın", "مرحبا", "السلام", "שלום",
    "xin chào", "kính gửi", "สวัสดี", "เรียน", "halo", "yth", "안녕", "お世話", "こんにちは", "您好", "你好", "尊敬的",
)  # fmt: skip

# Subjects that pass a mail on rather than answer it: `Fwd: Invoice`.
FORWARD_SUBJECTS: frozenset[str] = frozenset({
    "fw", "fwd", "wg", "tr", "rv", "enc", "vs", "vb", "vl", "doorst", "i", "pd", "ilt", "İLT", "προωθ", "πρθ",
    "转发", "轉寄", "转寄", "転送", "전달", "переслать", "пересл", "tov", "továbbítás", "trs", "הועבר",
})  # fmt: skip
