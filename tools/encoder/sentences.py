"""Customers' sentences in nine languages, made from patterns of our own; for checks, not for training."""

# For each language: things that a customer may ask about, and what may be said of them.
PATTERNS = {
    "en": (
        ["my order", "the parcel", "the blue jacket", "my subscription", "the invoice from March", "the gift card",
         "my account", "the washing machine", "the return label", "ticket 4711"],
        ["Where is {}?", "I have a question about {}.", "How long does it take until I hear about {}?",
         "Something is wrong with {}, what should I do now?", "Can I still change {}?", "How do I cancel {}?",
         "Who can help me with {}", "I paid twice for {} and would like my money back.", "hi, any news about {}?",
         "What does {} cost in total, including shipping and taxes?", "Please send me everything you have on {} by email.",
         "I can't find {} anywhere on your website", "Is it possible to get {} before the weekend?",
         "We moved house last week, so {} must go to the new address.", "Why was {} not mentioned in your last message?",
         "Do I need a receipt for {}?", "{} arrived damaged!", "I want to give {} to my sister, does that work?",
         "Are you open on Sunday? It is about {}.", "My discount code does not work with {}.",
         "Could you explain the terms and conditions for {} in simple words?", "Nobody answers the phone. {} is urgent!",
         "Thanks, {} is fine now. And how do I write a review?", "I forgot my password and can't see {}."]),
    "de": (
        ["meine Bestellung", "das Paket", "die blaue Jacke", "mein Abo", "die Rechnung vom März", "den Gutschein",
         "mein Konto", "die Waschmaschine", "das Rücksendeetikett", "Vorgang 4711"],
        ["Ich habe eine Frage zum Thema {}.", "Wo finde ich {}?", "Wie lange dauert es noch? Es geht um {}.",
         "Kann ich {} noch ändern?", "Wie kann ich {} kündigen oder stornieren?", "Wer hilft mir weiter, es betrifft {}",
         "Ich habe doppelt bezahlt für {} und möchte mein Geld zurück.", "hallo, gibt es was neues über {}?",
         "Was kostet {} insgesamt, mit Versand und Mehrwertsteuer?", "Bitte schicken Sie mir alles über {} per E-Mail.",
         "Ich kann {} auf Ihrer Webseite nirgends finden", "Bekomme ich {} noch vor dem Wochenende?",
         "Wir sind umgezogen, bitte senden Sie {} an die neue Adresse.", "Warum stand {} nicht in Ihrer letzten Nachricht?",
         "Brauche ich einen Kassenbon für {}?", "Ich habe {} beschädigt erhalten!",
         "Ich möchte {} meiner Schwester schenken, geht das?", "Habt ihr sonntags geöffnet? Es geht um {}.",
         "Mein Rabattcode funktioniert nicht für {}.", "Können Sie mir die Geschäftsbedingungen für {} einfach erklären?",
         "Niemand geht ans Telefon, ich brauche {} dringend!", "Danke, {} habe ich jetzt. Und wie schreibe ich eine Bewertung?",
         "Passwort vergessen, ich sehe {} nicht mehr.", "Lieferzeit und Versandkosten für {}?"]),
    "fr": (
        ["ma commande", "le colis", "la veste bleue", "mon abonnement", "la facture de mars", "la carte cadeau",
         "mon compte", "la machine à laver", "l'étiquette de retour", "le dossier 4711"],
        ["Où est {} ?", "J'ai une question sur {}.", "Combien de temps faut-il pour {} ?",
         "Il y a un problème avec {}, que dois-je faire maintenant ?", "Puis-je encore modifier {} ?",
         "Comment annuler {} ?", "Qui peut m'aider pour {}", "J'ai payé deux fois {} et je voudrais être remboursé.",
         "bonjour, des nouvelles pour {} ?", "Combien coûte {} au total, avec la livraison et les taxes ?",
         "Envoyez-moi tout ce que vous avez sur {} par e-mail, s'il vous plaît.", "Je ne trouve pas {} sur votre site",
         "Est-il possible de recevoir {} avant le week-end ?", "Nous avons déménagé, il faut envoyer {} à la nouvelle adresse.",
         "Pourquoi {} n'apparaît pas dans votre dernier message ?", "Ai-je besoin d'un ticket de caisse pour {} ?",
         "J'ai reçu {} abîmé !", "Je veux offrir {} à ma sœur, c'est possible ?", "Êtes-vous ouverts le dimanche ? C'est pour {}.",
         "Mon code promo ne marche pas avec {}.", "Pourriez-vous m'expliquer simplement les conditions pour {} ?",
         "Personne ne répond au téléphone, {} c'est urgent !", "Merci, {} c'est réglé. Comment laisser un avis ?",
         "J'ai oublié mon mot de passe et je ne vois plus {}."]),
    "es": (
        ["mi pedido", "el paquete", "la chaqueta azul", "mi suscripción", "la factura de marzo", "la tarjeta regalo",
         "mi cuenta", "la lavadora", "la etiqueta de devolución", "el caso 4711"],
        ["¿Dónde está {}?", "Tengo una pregunta sobre {}.", "¿Cuánto tarda {}?",
         "Hay un problema con {}, ¿qué hago ahora?", "¿Puedo cambiar {} todavía?", "¿Cómo cancelo {}?",
         "quién me puede ayudar con {}", "He pagado dos veces {} y quiero que me devuelvan el dinero.",
         "hola, ¿hay novedades sobre {}?", "¿Cuánto cuesta {} en total, con envío e impuestos?",
         "Por favor, envíenme todo lo que tengan sobre {} por correo.", "No encuentro {} en su página web",
         "¿Es posible recibir {} antes del fin de semana?", "Nos hemos mudado, hay que enviar {} a la nueva dirección.",
         "¿Por qué no mencionaron {} en su último mensaje?", "¿Necesito el recibo para {}?", "¡Recibí {} en mal estado!",
         "Quiero regalar {} a mi hermana, ¿se puede?", "¿Abren los domingos? Es por {}.",
         "Mi código de descuento no funciona con {}.", "¿Pueden explicarme las condiciones de {} con palabras sencillas?",
         "Nadie contesta el teléfono, {} es urgente.", "Gracias, {} ya está. ¿Cómo escribo una opinión?",
         "Olvidé mi contraseña y no puedo ver {}."]),
    "it": (
        ["il mio ordine", "il pacco", "la giacca blu", "il mio abbonamento", "la fattura di marzo", "la carta regalo",
         "il mio account", "la lavatrice", "l'etichetta di reso", "la pratica 4711"],
        ["Dov'è {}?", "Ho una domanda: {}.", "Quanto ci vuole per {}?", "C'è un problema con {}, cosa devo fare adesso?",
         "Posso ancora modificare {}?", "Come faccio ad annullare {}?", "chi mi può aiutare con {}",
         "Ho pagato due volte {} e vorrei il rimborso.", "ciao, ci sono novità? {}",
         "Quanto costa {} in tutto, con spedizione e tasse?", "Mandatemi per favore tutto ciò che avete su {} via e-mail.",
         "Non trovo {} sul vostro sito", "È possibile ricevere {} prima del fine settimana?",
         "Abbiamo traslocato, bisogna spedire {} al nuovo indirizzo.", "Perché {} non c'era nel vostro ultimo messaggio?",
         "Mi serve lo scontrino per {}?", "Ho ricevuto {} con danni!", "Vorrei regalare {} a mia sorella, si può?",
         "Siete aperti la domenica? Riguarda {}.", "Il mio codice sconto non funziona con {}.",
         "Potete spiegarmi le condizioni per {} in parole semplici?", "Nessuno risponde al telefono, {} è urgente!",
         "Grazie, {} è a posto. Come scrivo una recensione?", "Ho dimenticato la password e non vedo più {}."]),
    "nl": (
        ["mijn bestelling", "het pakket", "de blauwe jas", "mijn abonnement", "de factuur van maart", "de cadeaubon",
         "mijn account", "de wasmachine", "het retourlabel", "dossier 4711"],
        ["Waar is {}?", "Ik heb een vraag over {}.", "Hoe lang duurt het nog met {}?",
         "Er is iets mis met {}, wat moet ik nu doen?", "Kan ik {} nog wijzigen?", "Hoe kan ik {} annuleren?",
         "wie kan mij helpen met {}", "Ik heb twee keer betaald voor {} en wil mijn geld terug.", "hoi, is er nieuws over {}?",
         "Wat kost {} in totaal, met verzending en btw?", "Stuur mij alstublieft alles over {} per e-mail.",
         "Ik kan {} nergens op jullie website vinden", "Kan ik {} nog voor het weekend krijgen?",
         "Wij zijn verhuisd, dus {} moet naar het nieuwe adres.", "Waarom stond {} niet in uw laatste bericht?",
         "Heb ik een bonnetje nodig voor {}?", "Ik kreeg {} beschadigd binnen!", "Ik wil {} aan mijn zus geven, kan dat?",
         "Zijn jullie op zondag open? Het gaat om {}.", "Mijn kortingscode werkt niet bij {}.",
         "Kunt u de voorwaarden voor {} in gewone taal uitleggen?", "Niemand neemt de telefoon op, {} heeft haast!",
         "Bedankt, {} is nu in orde. Hoe schrijf ik een beoordeling?", "Wachtwoord vergeten, ik zie {} niet meer."]),
    "pl": (
        ["moje zamówienie", "paczka", "niebieska kurtka", "moja subskrypcja", "faktura z marca", "karta podarunkowa",
         "moje konto", "pralka", "etykieta zwrotna", "sprawa 4711"],
        ["Gdzie jest {}?", "Mam pytanie: {}.", "Ile to jeszcze potrwa, {}?", "Coś jest nie tak, {}, co mam teraz zrobić?",
         "Czy mogę to jeszcze zmienić: {}?", "Jak anulować? Chodzi o: {}", "kto mi może pomóc, {}",
         "Zapłaciłem dwa razy ({}) i chcę zwrotu pieniędzy.", "cześć, czy są jakieś wiadomości? {}",
         "Ile kosztuje {} razem z wysyłką i podatkiem?", "Proszę przesłać mi wszystko mailem: {}.",
         "Nie mogę tego znaleźć na waszej stronie: {}", "Czy {} dotrze przed weekendem?",
         "Przeprowadziliśmy się, {} musi trafić na nowy adres.", "Dlaczego {} nie pojawia się w ostatniej wiadomości?",
         "Czy potrzebny jest paragon? {}", "{} ma uszkodzenia!", "Czy {} może być prezentem dla mojej siostry?",
         "Czy macie otwarte w niedzielę? {}.", "Mój kod rabatowy nie działa: {}.",
         "Czy możecie prostymi słowami wyjaśnić regulamin? {}", "Nikt nie odbiera telefonu, {} to pilna sprawa!",
         "Dziękuję, {} jest już w porządku. Jak napisać opinię?", "Nie pamiętam hasła i nie widzę, gdzie jest {}."]),
    "pt": (
        ["o meu pedido", "a encomenda", "o casaco azul", "a minha assinatura", "a fatura de março", "o cartão-presente",
         "a minha conta", "a máquina de lavar", "a etiqueta de devolução", "o caso 4711"],
        ["Onde está {}?", "Tenho uma pergunta sobre {}.", "Quanto tempo demora {}?",
         "Há um problema com {}, o que devo fazer agora?", "Ainda posso alterar {}?", "Como faço para cancelar {}?",
         "quem me pode ajudar com {}", "Paguei duas vezes {} e quero o meu dinheiro de volta.", "olá, há novidades sobre {}?",
         "Quanto custa {} no total, com envio e impostos?", "Por favor, enviem-me tudo sobre {} por e-mail.",
         "Não encontro {} no vosso site", "É possível receber {} antes do fim de semana?",
         "Mudámos de casa, {} tem de ir para a nova morada.", "Porque é que {} não estava na vossa última mensagem?",
         "Preciso do recibo para {}?", "Recebi {} com defeito!", "Quero oferecer {} à minha irmã, é possível?",
         "Vocês abrem ao domingo? É sobre {}.", "O meu código de desconto não funciona com {}.",
         "Podem explicar as condições de {} em palavras simples?", "Ninguém atende o telefone, {} é urgente!",
         "Obrigado, {} já está resolvido. Como escrevo uma avaliação?", "Esqueci a senha e não consigo ver {}."]),
    "tr": (
        ["siparişim", "paket", "mavi ceket", "aboneliğim", "mart ayının faturası", "hediye kartı", "hesabım",
         "çamaşır makinesi", "iade etiketi", "4711 numaralı kayıt"],
        ["{} nerede?", "Bir sorum var: {}.", "{} ne kadar sürer?", "{} ile ilgili bir sorun var, şimdi ne yapmalıyım?",
         "Hâlâ değiştirebilir miyim: {}?", "Nasıl iptal edebilirim? {}", "{} konusunda bana kim yardım edebilir",
         "{} için iki kez ödeme yaptım, paramı geri istiyorum.", "merhaba, {} hakkında haber var mı?",
         "Kargo ve vergi dahil {} toplam ne kadar?", "Lütfen {} ile ilgili her şeyi e-posta ile gönderin.",
         "{} sitenizde yok, bulamıyorum", "{} hafta sonundan önce gelir mi?", "Taşındık, {} yeni adrese gitmeli.",
         "{} neden son mesajınızda yoktu?", "{} için fiş gerekli mi?", "{} hasarlı geldi!",
         "{} kız kardeşime hediye olacak, mümkün mü?", "Pazar günü açık mısınız? Konu: {}.",
         "İndirim kodum {} için çalışmıyor.", "{} şartlarını basit kelimelerle açıklar mısınız?",
         "Telefona kimse bakmıyor, {} çok acil!", "Teşekkürler, {} tamam. Nasıl yorum yazabilirim?",
         "Şifremi unuttum, {} görünmüyor."]),
}


def sentences(count):
    """`count` pairs (language, sentence), equally many of each language but for the remainder, always the same."""
    made = {}
    for language, (things, patterns) in PATTERNS.items():
        # A step without common factor with the number of combinations visits each of them once.
        total = len(things) * len(patterns)
        picks = [i * 103 % total for i in range(total)]
        made[language] = [_as_typed(patterns[p % len(patterns)].format(things[p // len(patterns)]), n)
                          for n, p in enumerate(picks)]
    languages = list(made)
    return [(languages[i % len(languages)], made[languages[i % len(languages)]][i // len(languages)])
            for i in range(count)]


def _as_typed(text, n):
    """As people type: most as written, some small, some shouted, some with two letters swapped, some with a number."""
    if n % 11 == 4:
        return text.upper()
    if n % 5 == 2:
        return text.lower().rstrip("?!.")
    if n % 7 == 3:
        middle = len(text) // 2
        return text[:middle] + text[middle + 1] + text[middle] + text[middle + 2:]
    if n % 13 == 6:
        return f"{text} ({n * 37 % 1000} €, {n % 28 + 1}.3.2025)"
    return text
