//! The gap list's own words, in the languages that the bot speaks.

use crate::text::Language;

/// The words of one language; `{n}` stands for a number.
pub(super) struct Words {
    /// Behind the firm's name.
    pub(super) heading: &'static str,
    /// There are no gaps.
    pub(super) nothing: &'static str,
    pub(super) unanswered: &'static str,
    pub(super) clarified: &'static str,
    pub(super) not_this: &'static str,
    /// Before the nearest entry.
    pub(super) nearest: &'static str,
    /// There is no near entry.
    pub(super) nothing_near: &'static str,
    /// Questions of a group that are not shown.
    pub(super) more_like_these: &'static str,
    /// Groups that are not shown.
    pub(super) more: &'static str,
    /// Above the questions for which an offered entry was chosen.
    pub(super) chosen: &'static str,
    /// What to do with the list.
    pub(super) paste: &'static str,
    /// What is answered by now.
    pub(super) answered_by_now: &'static str,
}

/// The words of `language`; English where we have none.
pub(super) const fn words(language: Language) -> &'static Words {
    match language {
        Language::DE => &GERMAN,
        Language::FR => &FRENCH,
        Language::ES => &SPANISH,
        Language::IT => &ITALIAN,
        Language::NL => &DUTCH,
        Language::PT => &PORTUGUESE,
        Language::PL => &POLISH,
        Language::TR => &TURKISH,
        _ => &ENGLISH,
    }
}

static ENGLISH: Words = Words {
    heading: "questions without an answer",
    nothing: "No question went without an answer in this time.",
    unanswered: "handed over",
    clarified: "asked back, nothing chosen",
    not_this: "not what was meant",
    nearest: "nearest:",
    nothing_near: "nothing comes near; it needs an entry of its own",
    more_like_these: "and {n} more like these (--all shows them)",
    more: "Groups not shown: {n}. --all shows them.",
    chosen: "Asked back, then chosen: with these lines, the bot answers at once",
    paste: "Lines that begin with > can be pasted below the heading of the entry that answers them. Where no entry does, write a new one: ## and the question, the answer below it. Then run deskbell check.",
    answered_by_now: "Asked in vain, but answered by your files today: {n}.",
};

static GERMAN: Words = Words {
    heading: "Fragen ohne Antwort",
    nothing: "In dieser Zeit blieb keine Frage ohne Antwort.",
    unanswered: "weitergegeben",
    clarified: "nachgefragt, nichts gewählt",
    not_this: "nicht das Gemeinte",
    nearest: "am nächsten:",
    nothing_near: "kein Eintrag passt; das braucht einen eigenen",
    more_like_these: "und {n} weitere dieser Art (--all zeigt sie)",
    more: "Nicht gezeigte Gruppen: {n}. --all zeigt sie.",
    chosen: "Nachgefragt und dann gewählt: Mit diesen Zeilen antwortet der Bot sofort",
    paste: "Zeilen, die mit > beginnen, können unter die Überschrift des Eintrags kopiert werden, der sie beantwortet. Gibt es keinen, schreiben Sie einen neuen: ## und die Frage, darunter die Antwort. Danach: deskbell check.",
    answered_by_now: "Vergeblich gefragt, aber heute von Ihren Dateien beantwortet: {n}.",
};

static FRENCH: Words = Words {
    heading: "questions sans réponse",
    nothing: "Aucune question n'est restée sans réponse pendant cette période.",
    unanswered: "transmise",
    clarified: "précision demandée, rien choisi",
    not_this: "pas ce qui était voulu",
    nearest: "le plus proche :",
    nothing_near: "aucune entrée n'est proche ; il en faut une nouvelle",
    more_like_these: "et {n} autres du même genre (--all les montre)",
    more: "Groupes non affichés : {n}. --all les montre.",
    chosen: "Précision demandée, puis choisie : avec ces lignes, le bot répond tout de suite",
    paste: "Les lignes qui commencent par > peuvent être collées sous le titre de l'entrée qui y répond. S'il n'y en a pas, écrivez-en une : ## et la question, la réponse en dessous. Ensuite : deskbell check.",
    answered_by_now: "Posées en vain, mais vos fichiers y répondent aujourd'hui : {n}.",
};

static SPANISH: Words = Words {
    heading: "preguntas sin respuesta",
    nothing: "Ninguna pregunta quedó sin respuesta en este tiempo.",
    unanswered: "pasada al equipo",
    clarified: "se pidió aclaración, nada elegido",
    not_this: "no era eso",
    nearest: "lo más cercano:",
    nothing_near: "ninguna entrada se acerca; hace falta una nueva",
    more_like_these: "y {n} más como estas (--all las muestra)",
    more: "Grupos no mostrados: {n}. --all los muestra.",
    chosen: "Se pidió aclaración y se eligió: con estas líneas, el bot responde enseguida",
    paste: "Las líneas que empiezan por > se pueden pegar bajo el título de la entrada que las responde. Si no hay ninguna, escriba una nueva: ## y la pregunta, y debajo la respuesta. Después: deskbell check.",
    answered_by_now: "Preguntadas en vano, pero hoy respondidas por sus archivos: {n}.",
};

static ITALIAN: Words = Words {
    heading: "domande senza risposta",
    nothing: "Nessuna domanda è rimasta senza risposta in questo periodo.",
    unanswered: "passata al team",
    clarified: "chiesto di precisare, nulla scelto",
    not_this: "non era questo",
    nearest: "la più vicina:",
    nothing_near: "nessuna voce è vicina; ne serve una nuova",
    more_like_these: "e altre {n} simili (--all le mostra)",
    more: "Gruppi non mostrati: {n}. --all li mostra.",
    chosen: "Chiesto di precisare, poi scelto: con queste righe il bot risponde subito",
    paste: "Le righe che iniziano con > si possono incollare sotto il titolo della voce che risponde. Se non c'è, ne scriva una nuova: ## e la domanda, sotto la risposta. Poi: deskbell check.",
    answered_by_now: "Chieste invano, ma oggi i suoi file rispondono: {n}.",
};

static DUTCH: Words = Words {
    heading: "vragen zonder antwoord",
    nothing: "In deze tijd bleef geen enkele vraag zonder antwoord.",
    unanswered: "doorgegeven",
    clarified: "teruggevraagd, niets gekozen",
    not_this: "niet wat bedoeld was",
    nearest: "het dichtst bij:",
    nothing_near: "niets komt in de buurt; dit vraagt om een nieuw item",
    more_like_these: "en nog {n} van dit soort (--all toont ze)",
    more: "Niet getoonde groepen: {n}. --all toont ze.",
    chosen: "Teruggevraagd en toen gekozen: met deze regels antwoordt de bot meteen",
    paste: "Regels die met > beginnen, kunt u plakken onder de kop van het item dat ze beantwoordt. Is er geen, schrijf dan een nieuw: ## en de vraag, daaronder het antwoord. Daarna: deskbell check.",
    answered_by_now: "Vergeefs gevraagd, maar nu door uw bestanden beantwoord: {n}.",
};

static PORTUGUESE: Words = Words {
    heading: "perguntas sem resposta",
    nothing: "Nenhuma pergunta ficou sem resposta neste período.",
    unanswered: "passada à equipa",
    clarified: "pedido de esclarecimento, nada escolhido",
    not_this: "não era isso",
    nearest: "mais próxima:",
    nothing_near: "nenhuma entrada está próxima; é precisa uma nova",
    more_like_these: "e mais {n} deste género (--all mostra-as)",
    more: "Grupos não mostrados: {n}. --all mostra-os.",
    chosen: "Pedido de esclarecimento e depois escolhida: com estas linhas, o bot responde logo",
    paste: "As linhas que começam por > podem ser coladas sob o título da entrada que lhes responde. Se não houver nenhuma, escreva uma nova: ## e a pergunta, e por baixo a resposta. Depois: deskbell check.",
    answered_by_now: "Feitas em vão, mas hoje respondidas pelos seus ficheiros: {n}.",
};

static POLISH: Words = Words {
    heading: "pytania bez odpowiedzi",
    nothing: "W tym czasie żadne pytanie nie pozostało bez odpowiedzi.",
    unanswered: "przekazane",
    clarified: "dopytano, nic nie wybrano",
    not_this: "nie o to chodziło",
    nearest: "najbliżej:",
    nothing_near: "nic nie jest blisko; potrzebny jest nowy wpis",
    more_like_these: "i podobne, których tu nie widać: {n} (pokazuje je --all)",
    more: "Niepokazane grupy: {n}. Pokazuje je --all.",
    chosen: "Dopytano, a potem wybrano: z tymi wierszami bot odpowie od razu",
    paste: "Wiersze zaczynające się od > można wkleić pod nagłówek wpisu, który na nie odpowiada. Jeśli takiego nie ma, napisz nowy: ## i pytanie, a pod nim odpowiedź. Potem: deskbell check.",
    answered_by_now: "Zadane na próżno, ale dziś Twoje pliki na nie odpowiadają: {n}.",
};

static TURKISH: Words = Words {
    heading: "yanıtsız sorular",
    nothing: "Bu sürede hiçbir soru yanıtsız kalmadı.",
    unanswered: "ekibe iletildi",
    clarified: "geri soruldu, seçim yapılmadı",
    not_this: "kastedilen bu değildi",
    nearest: "en yakın:",
    nothing_near: "yakın bir kayıt yok; yeni bir kayıt gerekiyor",
    more_like_these: "ve bunun gibi {n} soru daha (--all gösterir)",
    more: "Gösterilmeyen gruplar: {n}. --all gösterir.",
    chosen: "Geri soruldu ve seçildi: bu satırlarla bot hemen yanıtlar",
    paste: "> ile başlayan satırlar, onları yanıtlayan kaydın başlığının altına yapıştırılabilir. Böyle bir kayıt yoksa yenisini yazın: ## ve soru, altına yanıt. Sonra: deskbell check.",
    answered_by_now: "Boşuna sorulmuş, ama bugün dosyalarınızın yanıtladığı: {n}.",
};
