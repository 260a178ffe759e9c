"""What rules speak of, word by word, in the languages of our users.

All languages count for every rule: people write to each other across them, and so do attackers.
How a term is found in a text says ``matching.Vocabulary``: upper case and accents do not matter, short terms have to
be whole words, a ``*`` stands for any ending.
"""

MONEY = {
    "en": """
        invoice, payment, payable, paid, wire, wiring, wire transfer, bank, banking, bank transfer, bank
        details, ach, eft, swift, iban, remit*, payroll, direct deposit, salary, overdue, past due, account
        number, routing number, purchase order, billing, payoff, escrow, closing statement, accounts
        payable, accounts receivable, financ*, treasury, w-2, w2, deposit, change of bank, new account
        details, transaction, transfer of funds, funds, contract*, settlement, confidential, credit card,
        gift card, accounting, accounts@, ap@, ar@, cfo
    """,
    "de": """
        rechnung, zahlung, bezahl*, überweis*, bankverbindung, kontoverbindung, kontonummer, kontodaten,
        konto, lastschrift, mahnung, fällig*, gehalt, lohnabrechnung, buchhaltung, finanz*, zahlungsavis,
        abschlag*, bankdaten, vertrag*, vertraulich
    """,
    "fr": """
        facture, facturation, paiement, virement, rib, règlement, banque, bancaire, échéance, impayé*,
        coordonnées bancaires, salaire, comptabilité, trésorerie, relevé de compte, bon de commande,
        acompte, contrat, confidentiel
    """,
    "es": """
        factura, facturación, pago, pagos, transferencia, banco, bancari*, cuenta bancaria, nómina, vencid*,
        contabilidad, tesorería, cobro, depósito, remesa, orden de compra, adeudo, contrato, confidencial
    """,
    "it": """
        fattura, fatture, fatturazione, pagament*, bonifico, bonifici, banca, bancari*, coordinate bancarie,
        scadenza, scadut*, stipendi*, contabilità, amministrazione, saldo, acconto, ordine di acquisto,
        contratto, riservat*
    """,
    "pt": """
        fatura, faturas, fatura*, pagamento, transferência, banco, bancári*, boleto, pix, nota fiscal,
        cobrança, vencid*, salário, contabilidade, tesouraria, depósito, dados bancários, ordem de compra,
        contrato, confidencial
    """,
    "nl": """
        factuur, facturen, betaling, betalen, overschrijving, overboeking, bankrekening, rekeningnummer,
        bank, openstaand*, aanmaning, salaris, boekhouding, administratie, financi*, crediteuren,
        debiteuren, incasso, contract, vertrouwelijk
    """,
    "pl": """
        faktur*, płatnoś*, płatność, przelew*, zapłat*, bank, bankow*, rachunek, rachunk*, numer konta,
        zaległ*, wynagrodzeni*, księgow*, wpłat*, należnoś*, termin płatności, umow*, poufn*
    """,
    "sv": """
        faktura, fakturor, betalning, överföring, bankkonto, kontonummer, bankgiro, plusgiro, lön, förfall*,
        ekonomi@
    """,
    "da": """
        faktura, fakturaer, betaling, overførsel, bankkonto, kontonummer, forfald*, løn, bogholderi, rykker
    """,
    "no": """
        faktura, fakturaer, betaling, overføring, bankkonto, kontonummer, forfall*, lønn, regnskap, purring
    """,
    "fi": """
        lasku, laskut, laskutus, maksu, maksut, tilisiirto, pankki, tilinumero, erääntyn*, palkka,
        kirjanpito
    """,
    "cs": """
        faktur*, platb*, převod, bankovn*, číslo účtu, úhrad*, splatn*, mzda, účetn*
    """,
    "tr": """
        fatura, ödeme, havale, eft, banka, hesap numarası, maaş, muhasebe, vadesi geçmiş, tahsilat
    """,
    "ja": """
        請求書, 請求, 支払, 振込, 送金, 銀行, 口座, 給与, 入金
    """,
    "zh": """
        发票, 發票, 付款, 支付, 转账, 轉帳, 汇款, 匯款, 银行, 銀行, 账户, 帳戶, 工资
    """,
}

SECURITY = {
    "en": """
        hack*, phish*, phising, fishing mail, scam*, fraud*, suspicious, compromis*, hijack*, spoof*,
        malware, virus, ransomware, malicious, security alert, security warning, security notice, security
        incident, security info, password, passcode, mfa, 2fa, two-factor, multi-factor, authenticator,
        verification code, one-time, otp, unusual sign-in, unusual activity, unusual login, unusual signin,
        sign-in attempt, sign-in activity, new sign-in, login attempt, new login, new device, account
        locked, account has been, account was, unauthori*, did you send, did you email, have you sent, is
        this you, is this from you, is this real, is this legit*, legit*, not from me, sent from your
        account, your account, your email, your mailbox, strange email, weird email, odd email, fake, bogus,
        imposter, impersonat*, do not open, don't open, do not click, don't click, stolen, breach, risky
        sign-in, cyber*, reported message, security code, suspend*, blocked account, threat*, security team,
        secops, it support, helpdesk, help desk, inbox rule, forwarding rule, email security
    """,
    "de": """
        gehackt, hacker, betrug, betrüg*, verdächtig*, kompromitt*, sicherheitswarnung, sicherheitshinweis,
        sicherheitsvorfall, sicherheitsalarm, kennwort, passwort, neue anmeldung, anmeldeversuch,
        anmeldeaktivität, schadsoftware, schadcode, nicht öffnen, nicht anklicken, hast du das geschickt,
        haben sie das gesendet, ist das von dir, ist das echt, dein konto, ihr konto, ungewöhnlich*,
        zwei-faktor, bestätigungscode, missbrauch, gefälscht, fälschung, it-sicherheit, identitätsdiebstahl,
        unbefugt*, datenleck, trojaner, gesperrt
    """,
    "fr": """
        pirat*, hameçonnage, arnaque, fraud*, suspect*, compromis*, usurp*, mot de passe, alerte de
        sécurité, connexion inhabituelle, activité inhabituelle, inhabituel*, tentative de connexion, votre
        compte, ne pas ouvrir, ne cliquez pas, ne pas cliquer, est-ce vous, c'est toi, avez-vous envoyé,
        as-tu envoyé, code de vérification, double authentification, escroquerie, malveillant*, logiciel
        malveillant, faux mail, incident de sécurité, sécurité informatique
    """,
    "es": """
        hackea*, pirate*, estafa, fraude, fraudulent*, sospechos*, comprometid*, suplant*, contraseña,
        alerta de seguridad, aviso de seguridad, seguridad informática, inicio de sesión, actividad inusual,
        inusual, su cuenta, tu cuenta, no abrir, no abras, no hagas clic, eres tú, has enviado, enviaste,
        código de verificación, doble factor, correo falso, malicios*, robo de identidad
    """,
    "it": """
        hackerat*, violat*, truffa, frode, frodi, sospett*, compromess*, avviso di sicurezza, sicurezza
        informatica, allerta sicurezza, accesso insolito, accesso anomalo, attività insolita, insolit*,
        tentativo di accesso, tuo account, suo account, non aprire, non cliccare, sei tu, hai inviato,
        codice di verifica, doppio fattore, mail falsa, email falsa, furto, credenziali, attività anomala
    """,
    "pt": """
        hackead*, invadid*, golpe, fraude, fraudulent*, suspeit*, comprometid*, senha, palavra-passe, alerta
        de segurança, aviso de segurança, segurança da informação, início de sessão, atividade incomum,
        incomum, login suspeito, sua conta, não abrir, não abra, não clique, foi você, você enviou, enviou
        isto, código de verificação, dois fatores, e-mail falso, malicios*, roubo
    """,
    "nl": """
        gehackt, oplichting, fraude, verdacht*, gecompromitteerd, wachtwoord, beveiligingswaarschuwing,
        beveiligingsmelding, beveiliging, nieuwe aanmelding, aanmeldpoging, ongebruikelijk*, jouw account,
        uw account, niet openen, niet klikken, ben jij dit, heb jij dit gestuurd, heb je dit,
        verificatiecode, tweestaps*, nepmail, valse mail, misbruik, kwaadaardig*, schadelijk*
    """,
    "pl": """
        zhakowan*, haker*, oszust*, wyłudz*, podejrzan*, przejęt*, naruszen*, hasło, hasł*, alert
        bezpieczeństwa, ostrzeżenie, bezpieczeńst*, logowani*, nietypow*, twoje konto, państwa konto, nie
        otwier*, nie klik*, czy to ty, czy wysła*, kod weryfikacyjny, uwierzyteln*, fałszyw*, złośliw*,
        włamani*, zablokowan*
    """,
    "sv": """
        hackad, bedrägeri, misstänkt, misstänkta, nätfiske, lösenord, säkerhetsvarning, ovanlig inloggning,
        inloggningsförsök, ditt konto, öppna inte, klicka inte, verifieringskod, kapat, bluffmail
    """,
    "da": """
        hacket, svindel, mistænkelig*, adgangskode, sikkerhedsadvarsel, usædvanlig*, din konto, åbn ikke,
        klik ikke, bekræftelseskode
    """,
    "no": """
        hacket, svindel, mistenkelig*, passord, sikkerhetsvarsel, uvanlig*, kontoen din, ikke åpne, ikke
        klikk, bekreftelseskode
    """,
    "fi": """
        hakkeroi*, huijaus, petos, epäilyttäv*, tietojenkalastelu, salasana, tietoturva, epätavallinen, älä
        avaa, vahvistuskoodi
    """,
    "cs": """
        hacknut*, podvod, podvodn*, podezřel*, napaden*, heslo, hesla, bezpečnostní, neobvykl*, přihlášení,
        váš účet, neotev*, ověřovací kód
    """,
    "tr": """
        hacklen*, dolandırıcı*, oltalama, şüpheli, şifre, parola, güvenlik uyarısı, olağandışı, oturum açma,
        hesabınız, açmayın, tıklamayın, doğrulama kodu
    """,
    "ja": """
        ハッキング, 乗っ取り, 詐欺, フィッシング, 不審, 不正, パスワード, セキュリティ,
        サインイン, 認証コード, 開かないで, なりすまし
    """,
    "zh": """
        黑客, 駭客, 被盗, 诈骗, 詐騙, 钓鱼, 釣魚, 可疑, 密码, 密碼, 安全警报, 安全警告,
        异常登录, 异常, 验证码, 驗證碼, 不要打开, 冒充
    """,
}

BOUNCES = {
    "en": """
        undeliver*, undelivered, delivery status notification, delivery has failed, delivery fail*, mail
        delivery, failure notice, returned mail, mailer-daemon, postmaster, delivery incomplete, message
        blocked, non-delivery, ndr, recipient not found, address not found, could not be delivered,
        rejected:
    """,
    "de": """
        unzustellbar, nicht zustellbar, nicht zugestellt, zustellung fehlgeschlagen, übermittlung
        fehlgeschlagen, unzustellbarkeit
    """,
    "fr": """
        non remis, non distribu*, non délivr*, échec de remise, échec de la remise, notification d'état de
        remise
    """,
    "es": """
        no se pudo entregar, no entregad*, no se puede entregar, error de entrega, entrega fallida
    """,
    "it": """
        non recapitabile, mancato recapito, mancata consegna, consegna non riuscita, recapito non riuscito
    """,
    "pt": """
        não entregue, não foi possível entregar, falha na entrega, falha de entrega, não é possível entregar
    """,
    "nl": """
        niet bezorgd, niet te bezorgen, onbestelbaar, bezorging mislukt, niet afgeleverd, kan niet worden
        bezorgd
    """,
    "pl": """
        niedostarczon*, nie można dostarczyć, niedoręczon*, błąd dostarczenia, nie dostarczono
    """,
    "sv": """
        kunde inte levereras, ej levererbar, går inte att leverera, leveransfel
    """,
    "da": """
        kunne ikke leveres, ikke leveret
    """,
    "no": """
        kan ikke leveres, kunne ikke leveres, ikke levert
    """,
    "fi": """
        ei voitu toimittaa, toimittaminen epäonnistui
    """,
    "cs": """
        nedoručiteln*, nedoručen*, nelze doručit
    """,
    "tr": """
        teslim edilemedi, iletilemedi
    """,
    "ja": """
        配信不能, 配信できません, 未配達
    """,
    "zh": """
        未送达, 无法投递, 無法傳遞, 退信, 传递失败
    """,
}

AUTOMATIC_REPLIES = {
    "en": """
        automatic reply, auto reply, auto-reply, autoreply, out of office, out of the office, ooo
    """,
    "de": """
        automatische antwort, abwesenheitsnotiz, abwesenheit, abwesend
    """,
    "fr": """
        réponse automatique, absence du bureau, message d'absence
    """,
    "es": """
        respuesta automática, fuera de la oficina, fuera de oficina
    """,
    "it": """
        risposta automatica, fuori sede, fuori ufficio
    """,
    "pt": """
        resposta automática, fora do escritório, ausência temporária
    """,
    "nl": """
        automatisch antwoord, afwezigheidsbericht, afwezig
    """,
    "pl": """
        automatyczna odpowiedź, odpowiedź automatyczna, nieobecność, poza biurem
    """,
    "sv": """
        autosvar, automatiskt svar, frånvaro
    """,
    "da": """
        automatisk svar, ikke til stede
    """,
    "no": """
        automatisk svar, fraværsmelding
    """,
    "fi": """
        automaattinen vastaus, poissaolo
    """,
    "cs": """
        automatická odpověď, mimo kancelář
    """,
    "tr": """
        otomatik yanıt, ofis dışında
    """,
    "ja": """
        自動応答, 不在
    """,
    "zh": """
        自动答复, 自動回覆, 不在办公室
    """,
}

LURES = {
    "all": """
        docusign, docu sign, sharefile, dropbox, wetransfer, shared with you, shared a file, shared a
        document, sent you a file, secure document, secure message, encrypted message, e-fax, efax,
        voicemail, voice message, proposal, request for proposal, rfp, review and sign, dokument
        freigegeben, a partagé, compartido contigo, condiviso con te, compartilhou, gedeeld met u, gedeeld
        met je, udostępnił*
    """,
}

BULK = {
    "en": """
        newsletter, newsletters, news, weekly, daily, monthly, unsubscribe, list-unsubscribe, list-id,
        mailing list, precedence: bulk, digest, promo*, offer, offers, special offer, sale, sales, discount,
        coupon, deal, deals, % off, black friday, cyber monday, webinar, marketing, survey, advert*,
        sponsor*, spam, junk, viagra, casino, lottery, winner, jackpot, crypto, loan, loans, weight loss,
        seo, backlinks, job alert, job alerts, google alert, google alerts, price alert, notification,
        notifications, updates, campaign, rss, feed, blog, podcast, magazine, no reply, noreply, no-reply,
        donotreply, do-not-reply, mailer, mailing, announce*, community, events, event, invitation to
        connect, subscription, subscriptions, social, intranet, read:, accepted:, declined:, tentative:,
        cold call, horoscope, build failed, build passed, ci, monitoring, nagios, jenkins, backup, cron,
        scanner, printer, alert, alerts, out of stock, free trial, limited time, rewards, loyalty, canteen,
        cafeteria, lunch menu, parking, facilities, birthday, shop, store, outlet, fashion, recruit*,
        headhunter*, jobs
    """,
    "de": """
        rundbrief, werbung, angebot, angebote, sonderangebot, rabatt, gutschein, gewinnspiel, abmelden,
        abbestellen, umfrage, benachrichtigung, benachrichtigungen, wochenbericht, aktion, aktionen,
        neuigkeiten, nachrichten, verteiler, pressemitteilung, pressespiegel, stellenangebot*,
        veranstaltung*, presse, rundmail, kantine, speiseplan, nicht antworten, nichtantworten
    """,
    "fr": """
        lettre d'information, infolettre, infolettres, actualités, actus, promotion, promotions, soldes,
        publicité, désabonner, désinscri*, réduction, bon plan, bons plans, enquête, concours, offre
        spéciale, offres, ne pas répondre, nepasrepondre, sondage, hebdo*, revue de presse, événement*,
        remise, notifications
    """,
    "es": """
        boletín, boletines, noticias, oferta, ofertas, promoción, promociones, rebajas, descuento,
        descuentos, publicidad, darse de baja, cancelar suscripción, encuesta, sorteo, no responder,
        noresponder, semanal, eventos, novedades, notificaci*
    """,
    "it": """
        notiziario, offerta, offerte, promozion*, sconto, sconti, saldi, pubblicità, disiscri*, annulla
        iscrizione, sondaggio, concorso, non rispondere, nonrispondere, settimanale, eventi, rassegna
        stampa, novità, notifich*
    """,
    "pt": """
        boletim, informativo, notícias, oferta, ofertas, promoç*, desconto, descontos, propaganda,
        publicidade, cancelar inscrição, descadastr*, pesquisa, sorteio, não responda, naoresponda, semanal,
        eventos, novidades, notificaç*
    """,
    "nl": """
        nieuwsbrief, nieuwsbrieven, nieuws, aanbieding, aanbiedingen, korting, kortingen, reclame, afmelden,
        uitschrijven, enquête, winactie, actie, acties, niet beantwoorden, wekelijks*, evenement*, melding,
        meldingen
    """,
    "pl": """
        biuletyn, aktualności, oferta, oferty, promocj*, wyprzedaż, rabat, rabaty, zniżk*, reklam*, wypisz,
        rezygnacja z subskrypcji, ankieta, konkurs, nie odpowiadaj, nieodpowiadaj, tygodni*, wydarzeni*,
        powiadomieni*, nowości
    """,
    "sv": """
        nyhetsbrev, erbjudande, erbjudanden, rea, rabatt, reklam, avregistrera, avprenumerera, enkät,
        nyheter, svara inte
    """,
    "da": """
        nyhedsbrev, nyhedsbreve, tilbud, udsalg, rabat, reklame, afmeld, nyheder, svar ikke
    """,
    "no": """
        nyhetsbrev, tilbud, salg, rabatt, reklame, avmeld, nyheter, ikke svar
    """,
    "fi": """
        uutiskirje, uutiskirjeet, tarjous, tarjoukset, alennus, mainos, peruuta tilaus, kysely, uutiset
    """,
    "cs": """
        zpravodaj, novinky, nabídka, nabídky, sleva, slevy, reklama, odhlásit, odběr, průzkum, neodpovídejte
    """,
    "tr": """
        bülten, haber bülteni, kampanya, indirim, fırsat, reklam, abonelikten çık, anket, yanıtlamayın
    """,
    "ja": """
        メルマガ, ニュースレター, メールマガジン, 配信停止, セール, キャンペーン, 広告, お知らせ,
        クーポン
    """,
    "zh": """
        新闻, 新聞, 通讯, 電子報, 电子报, 订阅, 退订, 促销, 优惠, 折扣, 广告, 廣告, 周报
    """,
}

BANNERS = {
    "all": """
        [external, [ext], external email, external:, from outside, originated outside, [extern, extern:,
        [externe, externe:, [externo, externo:, [esterno, esterno:, [zewnetrz*, [extern mail, 【外部】
    """,
}
"""What an organisation's mail system writes into all mail from outside."""

NEWSLETTERS = {
    "all": """
        newsletter, webinar, unsubscribe, spam, rundbrief,
        infolettre, lettre d'information, boletín,
        notiziario, boletim, nieuwsbrief, biuletyn,
        nyhetsbrev, nyhedsbrev, uutiskirje, zpravodaj,
        bülten, メルマガ, ニュースレター, 电子报, 電子報, podcast
    """,
}
"""So plainly mass mail that whatever else stands beside them ("security newsletter") does not count."""

GUARDS = {
    "people": """
        helpdesk, help desk, help-desk, servicedesk, service desk, service-desk, it support, itsupport,
        it-support, it, it team, it department, it service, it-service, edv, ict, tic, ti, infosec,
        security, securit*, sicherheit, it-sicherheit, sécurité, seguridad, sicurezza, segurança,
        beveiliging, bezpieczeństwo, säkerhet, sikkerhed, sikkerhet, tietoturva, soc, csirt, cert, abuse,
        fraud, phishing, ciso, sysadmin, admin, administrator, administrateur, administrador,
        amministratore, beheerder, support-it, supporto it, soporte, suporte, informatik, informatique,
        informática, informatica, account protection, account team, 情報システム, ヘルプデスク, 信息安全, it部门
    """,
    "machines": """
        account-security-noreply, accountprotection.microsoft.com, msonlineservicesteam,
        microsoftonline.com, microsoft-noreply, azure-noreply, security-noreply, identityprotection,
        microsoft account team, microsoft security, mailer-daemon, postmaster, duosecurity.com, okta.com,
        knowbe4, proofpoint, mimecast, microsoft defender
    """,
}

DOERS = {
    "forward": """
        forward, redirect, weiterleiten, umleiten, leiten, transférer, rediriger, reenviar, redirigir,
        inoltra, reindirizza, encaminhar, reencaminhar, redirecionar, doorsturen, omleiden, prześlij,
        przekieruj, przekaż
    """,
    "delete": """
        delete, löschen, lösche, supprimer, eliminar, elimina, borrar, excluir, apagar, verwijder*, usuń
    """,
    "read": """
        mark as read, mark the message as read, as read, als gelesen, comme lu, como leído, come già letto,
        come letto, como lida, como lido, als gelezen, jako przeczytan*
    """,
    "move": """
        move, verschieb*, déplacer, mover, mueve, sposta, verplaats*, przenieś
    """,
}
"""The actions in a rule's description, where the rule shows them nowhere else."""
