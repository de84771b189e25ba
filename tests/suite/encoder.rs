//! The built-in encoder: that it is the model it was made from, the same everywhere, and at ease with any text.

use deskbell::encoder::{Encoder, multilingual, original};
use proptest::prelude::*;

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn check_golden(text: &str, expected: [f32; 8]) {
    let vector = original().encode(text);
    for (found, expected) in vector.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{text}: {:?} should be {expected:?}", &vector[..8]);
    }
}

#[test]
fn vectors_are_those_of_the_published_model_before_it_was_taught() {
    for (text, expected) in GOLDEN {
        check_golden(text, expected);
    }
}

#[test]
fn vectors_have_the_same_bits_on_every_machine() {
    let digest = |encoder: &dyn Encoder| {
        let mut digest = crc32fast::Hasher::new();
        for (text, _) in GOLDEN {
            for number in encoder.encode(text) {
                digest.update(&number.to_le_bytes());
            }
        }
        digest.finalize()
    };
    assert_eq!(digest(original()), 0x9a9d_b7d2);
    assert_eq!(digest(multilingual()), 0x8b0b_2e81);
}

#[test]
fn a_question_is_nearest_to_its_translation() {
    let meanings = SAME_MEANING.map(|sentences| sentences.map(|sentence| multilingual().encode(sentence)));
    for (meaning, sentences) in meanings.iter().enumerate() {
        for (language, vector) in sentences.iter().enumerate() {
            for (other, others) in meanings.iter().enumerate().filter(|(other, _)| *other != meaning) {
                let (own, strange) = (cosine(vector, &sentences[0]), cosine(vector, &others[0]));
                assert!(
                    strange < own,
                    "{} is nearer to {}",
                    SAME_MEANING[meaning][language],
                    SAME_MEANING[other][0]
                );
            }
        }
    }
}

#[test]
fn a_text_without_a_known_word_has_no_vector() {
    for text in
        ["", " ", "\t\n", "\0", "?!", "…", "Где моя посылка?", "我的包裹在哪里?", "\u{200b}\u{feff}", "😀😀"]
    {
        assert!(multilingual().encode(text).iter().all(|number| *number == 0.0), "{text:?}");
    }
}

#[test]
fn only_the_first_pieces_of_a_long_text_count() {
    let long = "parcel ".repeat(256);
    assert_eq!(multilingual().encode(&long), multilingual().encode(&format!("{long} and something else")));
    assert_ne!(multilingual().encode("parcel"), multilingual().encode(&long));
    multilingual().encode(&"ä".repeat(1 << 20));
    multilingual().encode(&" ".repeat(1 << 20));
}

#[test]
fn spaces_and_width_of_letters_do_not_matter() {
    let plain = multilingual().encode("Where is my parcel 12?");
    for text in ["  Where   is\tmy\nparcel 12? ", "Where is my parcel １２？", "Where is my ｐａｒｃｅｌ 12?"]
    {
        assert_eq!(multilingual().encode(text), plain, "{text:?}");
    }
}

#[test]
fn a_run_of_unknown_characters_counts_once() {
    let once = multilingual().encode("parcel ж today");
    assert_eq!(multilingual().encode("parcel жжж today"), once);
    assert_ne!(multilingual().encode("parcel today"), once);
}

#[test]
fn common_words_are_known_and_slips_are_not() {
    let known = [
        "parcel",
        "Parcel",
        "PAYMENT",
        "refund",
        "rechnung",
        "Öffnung",
        "geöffnet",
        "commande",
        "pedido",
        "dirección",
        "ordine",
        "spedizione",
        "encomenda",
        "ödeme",
        "müşteri",
        "the",
        "3",
    ];
    let unknown =
        ["pracel", "refnud", "delivrey", "Leiferung", "rechnugn", "comande", "", " ", "пакет", "where is"];
    assert_eq!(known.map(|word| (word, multilingual().knows(word))), known.map(|word| (word, true)));
    assert_eq!(unknown.map(|word| (word, multilingual().knows(word))), unknown.map(|word| (word, false)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_has_a_vector_of_length_one_or_zero(text in prop_oneof![".*", "[a-zß-ÿ ]{0,80}", "(\\PC|\\s){0,40}"]) {
        let vector = multilingual().encode(&text);
        prop_assert_eq!(vector.len(), multilingual().dimensions());
        let length = cosine(&vector, &vector).sqrt();
        prop_assert!(length == 0.0 || (length - 1.0).abs() < 1e-5, "length {}", length);
        prop_assert_eq!(vector, multilingual().encode(&text));
        multilingual().knows(&text);
    }
}

/// The same in nine languages, English first.
const SAME_MEANING: [[&str; 9]; 6] = [
    [
        "Where is my parcel?",
        "Wo ist mein Paket?",
        "Où est mon colis ?",
        "¿Dónde está mi paquete?",
        "Dov'è il mio pacco?",
        "Waar is mijn pakket?",
        "Gdzie jest moja paczka?",
        "Onde está a minha encomenda?",
        "Paketim nerede?",
    ],
    [
        "When are you open?",
        "Wann habt ihr geöffnet?",
        "Quels sont vos horaires d'ouverture ?",
        "¿A qué hora abren?",
        "Quando siete aperti?",
        "Wanneer zijn jullie open?",
        "Kiedy jesteście otwarci?",
        "A que horas abrem?",
        "Ne zaman açıksınız?",
    ],
    [
        "I want my money back.",
        "Ich möchte mein Geld zurück.",
        "Je veux être remboursé.",
        "Quiero que me devuelvan el dinero.",
        "Voglio indietro i miei soldi.",
        "Ik wil mijn geld terug.",
        "Chcę odzyskać swoje pieniądze.",
        "Quero o meu dinheiro de volta.",
        "Paramı geri istiyorum.",
    ],
    [
        "I forgot my password.",
        "Ich habe mein Passwort vergessen.",
        "J'ai oublié mon mot de passe.",
        "He olvidado mi contraseña.",
        "Ho dimenticato la password.",
        "Ik ben mijn wachtwoord vergeten.",
        "Zapomniałem hasła.",
        "Esqueci a minha palavra-passe.",
        "Şifremi unuttum.",
    ],
    [
        "Can I pay by credit card?",
        "Kann ich mit Kreditkarte bezahlen?",
        "Puis-je payer par carte de crédit ?",
        "¿Puedo pagar con tarjeta de crédito?",
        "Posso pagare con carta di credito?",
        "Kan ik met een creditcard betalen?",
        "Czy mogę zapłacić kartą kredytową?",
        "Posso pagar com cartão de crédito?",
        "Kredi kartıyla ödeyebilir miyim?",
    ],
    [
        "Do you ship to other countries?",
        "Liefern Sie auch ins Ausland?",
        "Livrez-vous à l'étranger ?",
        "¿Envían a otros países?",
        "Spedite anche all'estero?",
        "Verzenden jullie ook naar het buitenland?",
        "Czy wysyłacie za granicę?",
        "Enviam para o estrangeiro?",
        "Yurt dışına gönderim yapıyor musunuz?",
    ],
];

/// Sentences with the first eight numbers of their vectors, by the package the weights come from:
/// `python tools/encoder/check.py --golden`.
#[rustfmt::skip]
const GOLDEN: [(&str, [f32; 8]); 27] = [
    ("Where is my order?", [0.0222, 0.0171, -0.0292, 0.0175, -0.0958, -0.0179, -0.0102, 0.0233]),
    ("Ich habe eine Frage zum Thema meine Bestellung.", [-0.0292, 0.0130, -0.0412, 0.0610, -0.1281, -0.0284, 0.0108, 0.0514]),
    ("Où est ma commande ?", [0.0309, -0.0028, -0.0036, 0.0246, -0.0972, -0.0363, 0.0200, -0.0058]),
    ("¿Dónde está mi pedido?", [-0.0170, 0.0351, -0.0363, 0.0694, -0.0984, -0.0095, 0.0458, 0.0593]),
    ("Dov'è il mio ordine?", [-0.0240, 0.0195, -0.0156, 0.0245, -0.0960, 0.0034, 0.0018, -0.0282]),
    ("Waar is mijn bestelling?", [0.0372, 0.0027, 0.0193, 0.0296, -0.1163, 0.0360, -0.0323, 0.0573]),
    ("Gdzie jest moje zamówienie?", [0.0017, 0.0434, -0.0146, 0.0153, -0.1125, -0.0020, -0.0310, 0.0030]),
    ("Onde está o meu pedido?", [0.0101, 0.0500, -0.0337, 0.0693, -0.0942, -0.0257, 0.0387, 0.0644]),
    ("siparişim nerede?", [0.0302, -0.0253, -0.0056, -0.0134, -0.1055, -0.0508, -0.0240, 0.0367]),
    ("I paid twice for the invoice from March and would like my money back.", [-0.0338, 0.0002, -0.0626, -0.0063, -0.1012, -0.0485, -0.0756, -0.0176]),
    ("hallo, gibt es was neues über die Rechnung vom März?", [0.0027, 0.0323, -0.0203, -0.0215, -0.0062, 0.0308, 0.0088, 0.0110]),
    ("J'ai payé deux fois la facture de mars et je voudrais être remboursé.", [-0.0408, 0.0217, -0.0435, -0.0297, -0.1021, -0.0512, -0.0517, -0.0397]),
    ("He pagado dos veces la factura de marzo y quiero que me devuelvan el dinero.", [-0.0318, -0.0280, -0.0505, 0.0034, -0.1123, -0.0615, -0.0601, -0.0560]),
    ("Ho pagato due volte la fattura di marzo e vorrei il rimborso.", [-0.0483, 0.0002, -0.0652, -0.0399, -0.0978, -0.0584, -0.0613, 0.0383]),
    ("Ik heb twee keer betaald voor de factuur van maart en wil mijn geld terug.", [-0.0520, -0.0378, -0.0853, -0.0318, -0.1058, -0.0421, -0.0613, 0.0374]),
    ("Zapłaciłem dwa razy (faktura z marca) i chcę zwrotu pieniędzy.", [-0.0306, -0.0305, -0.0849, -0.0432, -0.1188, -0.0241, -0.0524, -0.0156]),
    ("Paguei duas vezes a fatura de março e quero o meu dinheiro de volta.", [-0.0253, -0.0206, -0.0584, -0.0308, -0.1044, -0.0595, -0.0802, -0.0641]),
    ("mart ayının faturası için iki kez ödeme yaptım, paramı geri istiyorum.", [-0.0076, -0.0411, -0.0847, 0.0174, -0.1224, -0.0298, -0.0397, -0.0362]),
    ("why was the return label not mentioned in your last message", [-0.0814, 0.0643, -0.0662, 0.0119, 0.0154, 0.0210, 0.0558, -0.0164]),
    ("brauche ich einen kassenbon für das rücksendeetikett", [-0.0120, -0.0405, -0.0566, -0.0043, -0.0979, 0.0070, 0.0204, -0.0696]),
    ("pourquoi l'étiquette de retour n'apparaît pas dans votre dernier message ", [-0.0649, 0.0383, -0.0787, 0.0454, -0.0036, 0.0544, 0.0223, -0.0613]),
    ("¿por qué no mencionaron la etiqueta de devolución en su último mensaje", [-0.0900, 0.0098, -0.0009, 0.0190, 0.0209, 0.0459, 0.0417, -0.0136]),
    ("perché l'etichetta di reso non c'era nel vostro ultimo messaggio", [-0.0899, 0.0118, -0.0571, 0.0579, 0.0578, 0.0398, 0.0308, -0.0314]),
    ("waarom stond het retourlabel niet in uw laatste bericht", [-0.0854, 0.0178, -0.0766, 0.0340, 0.0265, 0.0473, 0.0320, 0.0027]),
    ("dlaczego etykieta zwrotna nie pojawia się w ostatniej wiadomości", [-0.0756, 0.0056, -0.0465, 0.0143, -0.0092, 0.0575, 0.0045, -0.0494]),
    ("porque é que a etiqueta de devolução não estava na vossa última mensagem", [-0.0769, 0.0583, -0.0278, -0.0080, 0.0743, 0.0425, 0.0626, -0.0424]),
    ("iade etiketi neden son mesajınızda yoktu", [-0.0673, 0.0391, -0.0750, 0.0323, 0.0268, 0.0196, -0.0493, -0.0047]),
];
