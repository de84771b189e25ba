//! Words that carry grammar rather than a subject, by language, in normal form.
//!
//! Two lists a language: words that say next to nothing, and words that ask (`when`, `how much`), which tell questions
//! about the same thing apart and so count for more. Written for chat: `dont`, `gibts`, `hab` stand beside the proper forms.

use super::Language;

/// The two lists of a language, words separated by white space.
pub(super) struct StopWords {
    pub(super) function: &'static str,
    pub(super) asking: &'static str,
}

/// The lists for `language`, where there are any.
pub(super) fn of(language: Language) -> Option<&'static StopWords> {
    Language::KNOWN.iter().position(|&known| known == language).map(|at| &LISTS[at])
}

/// In the order of [`Language::KNOWN`].
static LISTS: [StopWords; 9] = [
    StopWords {
        function: "a about after again all also although am an and any anybody anyone anything are arent as at be \
            because been before being but by came can cant cannot come could couldnt d did didnt do does doesnt doing \
            dont else even ever few for from get gets getting give go goes going gonna good got had has hasnt have \
            havent having he hello help her here hers hey hi him his hope i id if ill im in into is isnt it its ive \
            just kind know let lets like ll look looking lot m maybe me might mine more most much must my myself need \
            needs no nor not now of off oh ok okay on once one only or other our ours out over please pls plz put \
            question quick quite re really s said same say see shall she should shouldnt so some somebody someone \
            something sorry still such sure t take tell than thank thanks that thats the their them then there theres \
            these they thing things think this those though through to today too try trying u until up ur us ve very \
            via want wanna wants was wasnt we well were werent will wish with within without wont would wouldnt yes \
            yet you your youre yours",
        asking: "what whats when whens where wheres which who whos whose whom why how hows many long often far",
    },
    StopWords {
        function: "ab aber ach alle allem allen aller alles als also am an andere anderen auch auf aufm aus bei beim bin \
            bis bist bitte brauch brauche brauchen bräuchte bräuchten da dabei dafür dagegen damit danach danke dann \
            daran darauf darf das dass davon dazu dein deine dem den denen denn der deren des deswegen die dies diese \
            diesem diesen dieser dieses dir doch dort du durch dürfen eben eigentlich ein eine einem einen einer eines \
            einfach einmal er es etwa etwas euch euer eure eurem euren eurer fragen frage für ganz gar gab geb gebe \
            geben geht gehts gerade gern gerne gewesen gibt gibts guten gut grad hab habe haben habt hallo hat hatte \
            hatten hätte hätten hätt her hey hi hier hin ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in \
            irgendwie ist ja jede jedem jeden jeder jedes jemand jetzt kann kannst kein keine keinem keinen keiner könnt \
            könnte könnten können kurz kurze lassen leider lg machen mache macht mag mal man meine meinem meinen meiner \
            mein mehr mich mir mit moin möchte möchten möglich morgen muss müssen n nach ne nem nen nicht nichts noch \
            nochmal nun nur ob oder ohne okay ok per schon sehr sein seine seit selbst sich sie sind so sobald sogar \
            soll sollte sollen sollten solche sondern sonst sorry tag tue tun über um und uns unser unsere unserem \
            unseren unter usw viel viele vielen vielleicht vom von vor wäre wären war waren was weil weiß weiter weitere \
            wenn wer werde werden wird wirklich wir wissen wohl wollen wollte wollten will würde würden würd zu zum zur \
            zwar",
        asking: "wann warum was weshalb wer wessen wem wen wie wieso wieviel wieviele viel lange oft weit wo woher \
            wohin womit wofür welche welchem welchen welcher welches",
    },
    StopWords {
        function: "a à ai aie ainsi alors après as au aucun aucune aujourd aussi autre autres aux avais avait avant avec avez \
            avoir avons b beaucoup bien bonjour bonsoir bon bsr bjr c ça car ce ceci cela celle celui ces cet cette chez ci \
            coucou d dans de déjà depuis des dit dois doit du elle elles en encore entre es est et étais était été êtes \
            être eu eux fait faire faites faut fois grâce hui ici il ils j je jai jaimerais jamais juste l la là le les leur \
            leurs lui m ma mais me même merci mes moi moins mon monsieur madame n na ne ni non nos notre nous on ont or ou \
            oui par parce pas passe pendant peu peut peuvent peux plait plaît plus plutôt pour pourrais pourrait \
            pourriez pouvez pouvoir pr pt puis puisje puisque qu que qui quelque quelques quoi s sa salut sans savoir se \
            sera serait ses si sil slt soit sommes son sont stp suis sur svp t ta tes te toi ton toujours tous tout toute \
            toutes très tu un une va vais veux veut voir vos votre voudrais voudrait vous voulais voulez vraiment y",
        asking: "quand où comment combien pourquoi quel quelle quels quelles lequel laquelle quoi qui est-ce esce",
    },
    StopWords {
        function: "a ahí al algo alguien algún alguna algunas alguno algunos ante antes aquel aquí así aún aunque bien buenas \
            buenos buen bueno cada casi con contra cosa creo cualquier da dar de debe debo decir del desde después di días \
            dice dicho doy dos e el él ella ellas ellos en entre era eran eres es esa esas ese eso esos esta está están \
            estaba estar estas este esto estos estoy favor fue fueron gracias ha había hace hacer hacéis hacen hago hasta \
            hay he hemos hola hoy ir irme la las le les lo los luego m más me mi mientras mis misma mismo mucha mucho muy \
            nada necesito ni ningún ninguna no nos nosotros nuestra nuestro o os otra otras otro otros para pero poco podéis \
            podría podrían poder pone por porque posible pq pueda puede pueden puedo pues q que quería queria querría \
            quiero quisiera saber sabes se sea según ser será si sí sido siempre sin sobre sois solo sólo somos son soy su \
            sus también tan tanto te tenéis tenemos tengo tener tiene tienen ti toda todas todo todos tu tú tus un una unas \
            uno unos usted ustedes va vale vamos van veo vez voy vosotros vuestra vuestro y ya yo",
        asking: "qué cuándo cuando dónde donde cómo como cuánto cuanto cuánta cuanta cuántos cuantos cuántas cuantas quién \
            quien cuál cual cuáles cuales adónde tiempo",
    },
    StopWords {
        function: "a ad adesso ai al alla alle allo allora anche ancora aver avere avete avevo avrei abbiamo b bene buona \
            buonasera buongiorno buon c che ci ciao ciò cmq col come con cosa cosi così cui d da dai dal dalla dalle dallo \
            davvero degli dei del dell della delle dello dentro deve devo di dire dopo dovrei dove due e è ecco ed era \
            erano essere fa faccio far fare fatto fino fra già gli grazie ha hai hanno ho i il in invece io l la là le lei \
            li lo loro lui ma mai me meno mentre mi mia mie miei mio molto n ne nei nel nell nella nelle nello no noi non \
            nostra nostro o od oggi ogni oltre oppure ora per perché però piacere più po poi possibile posso possiamo \
            possono potete potrei potrebbe prego presso prima pure qualche qualcosa qualcuno quella quelle quelli quello \
            questa queste questi questo qui quindi salve sapere sarà sarebbe se sei sempre senza si sì sia siamo siete solo \
            sono sopra sotto sta stata stati stato sto su sua sue sugli sui sul sulla suo suoi t te ti tra tu tua tue tuo \
            tuoi tutta tutte tutti tutto un una uno va vado vanno vi voglio voi volevo vorrei vostra vostro vuole",
        asking: "quando dove dov come com quanto quanta quanti quante chi cosa cos che perché quale quali qual tempo",
    },
    StopWords {
        function: "aan af al alle alleen alles als altijd ander andere b beetje ben bent bij bijvoorbeeld binnen bv daar daarna \
            dag dan dank dankje danku dat de deze die dit doe doen doet door dus een eens eerst eigenlijk elk elke en er erg \
            even ga gaan gaat geen geef goed goede goedemiddag goedemorgen graag haar had hallo hadden heb hebben hebt heeft \
            heel hem het hey hier hij hoi hun iemand iets ik in is ja je jij jou jouw jullie kan kon kun kunnen kunt laat \
            laten maak maar mag me meer mee men met mij mijn misschien moet moeten morgen mocht mvg na naar net niet niets \
            niks nog nu of ofzo ok oke om omdat ons onze ook op over per s sinds som soms staat steeds t te tegen ten ter \
            terug toch toe tot tussen tijdens u uit uw van vanaf vandaag veel via volgens voor vraag vragen vraagje waren \
            was we weer weet wel welke wie wij wil willen wilde word worden wordt zal ze zeer zei zelf zich zij zijn zo \
            zoals zonder zou zouden",
        asking: "wanneer waar waarom wat wie hoe hoeveel hoelang lang vaak ver welk welke waarmee waarheen waarvoor",
    },
    StopWords {
        function: "a à ai ainda algo alguém algum alguma alguns ali ante antes ao aos apenas aquela aquele aquilo aqui as às \
            assim até bem boa boas bom com contra cada cá da dá dar das de dela dele deles depois desde dessa desse desta \
            deste deve devo dia dizer do dos e é ela elas ele eles em enquanto entre era eram essa essas esse esses esta \
            está estão estar estas estava este estes estou eu faço favor faz fazem fazer foi for foram fui gostaria gostava \
            há hoje ir isso isto já la lá lhe lhes mais mas me mesmo meu meus mim minha minhas muita muito n na nada não nas \
            nem nenhum nenhuma nessa nesse nesta neste no nos nós nossa nosso num numa o oi olá ola onde ontem os ou outra \
            outras outro outros para pela pelas pelo pelos pode podem poder podia posso por porque pouco pq pra preciso pra \
            própria próprio q qualquer que quem queria quer quero saber são se sei seja sem sempre sendo ser será seria \
            seu seus si sim só sobre somos sou sua suas também tão te tem têm temos tenho ter teu teus tinha toda todas todo \
            todos tu tua tudo um uma umas uns vai vão vc vcs vocês você vos vou obrigada obrigado",
        asking: "quando onde como quanto quanta quantos quantas quem qual quais porquê porque quê que tempo aonde",
    },
    StopWords {
        function: "a aby aha ale albo ani aż bardzo bez bo by być był była było były będzie będę będą chcę chce chciałbym \
            chciałabym chciałem chciałam chyba ci cie ciebie co cokolwiek coś cześć czy czyli da dla do dobry dziś dzisiaj \
            dzień dziękuję dzięki go hej i ich ile im innych inny ja jak jako jakby jakiś je jeden jednak jego jej jest \
            jestem jeszcze jeśli jeżeli już każdy kiedyś kimś ktoś która które którego której który których którzy lub ma \
            macie mam mamy mają mi mieć mnie mną moge mogę moja moje mojego mojej może można mogą mógłbym mogłabym mój mu \
            musi muszę my na nad nam nami nas nasz nasza nie nic nich nim niż no o od oraz pan pana pani państwo po pod \
            podczas ponieważ potem poza prosze proszę przed przez przy pytanie raz są się sam sobie swoje ta tak takie taki \
            tam te tego tej ten teraz też to tobie toteż tu tutaj twoja twój ty tych tylko tym u w wam wami was wasz wasza \
            wasze we więc witam właśnie wszystko wtedy wy z za zaś ze żaden że żeby",
        asking: "kiedy gdzie ile jak jaka jaki jakie jakiej dlaczego czemu co kto czyj dokąd skąd która który które długo czy",
    },
    StopWords {
        function: "acaba ama ancak artık aslında az bana bazı ben beni benim bey bi bile bir biraz biri birşey biz bize bizi \
            bizim bu buna bunu bunun burada bütün çok çünkü da daha dahi de değil diğer diye dolayı eden ederim edebilir eğer \
            en et evet falan fakat gibi göre günaydın gün günler ha hala hanım hayır hem henüz hep hepsi her hiç iki ile ilgili \
            için içinde ise işte iyi kadar karşı kendi ki kim kimse lazım lütfen m mı mi mu mü merhaba mıyım miyim misiniz \
            mısınız musunuz nasıl ne neden o olan olarak oldu olduğu olur olacak olsa on ona onlar onu onun oraya orada \
            öyle sadece sanki selam selamlar sen seni senin siz size sizde sizden sizi sizin sonra şey şeyi şimdi şu şunu \
            tabi tamam tane teşekkür teşekkürler tüm ve veya var vardı vb ya yada yani yapabilir yapıyor yine yok yoksa \
            zaten istiyorum isterim istiyoruz olabilir oluyor",
        asking: "ne nedir neler nerede nereden nereye nasıl neden niçin niye kaç kim hangi hangisi zaman kadar",
    },
];
