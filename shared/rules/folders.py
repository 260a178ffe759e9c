"""Outlook's own folders that people do not look in, by what they are for, as Outlook names them in each language."""

from enum import StrEnum


class Folder(StrEnum):
    """What a folder is to the person whose mail is moved there."""

    BURIED = "buried"
    JUNK = "junk"
    DELETED = "deleted"
    ARCHIVE = "archive"
    INBOX = "inbox"
    OWN = "own"


NAMES = {
    Folder.BURIED: """
        RSS; RSS Feeds; RSS Feed; RSS Subscriptions; RSS-Feeds; RSS-Abonnements; Flux RSS; Abonnements RSS;
        Fuentes RSS; Suscripciones RSS; Suscripciones de RSS; Canales RSS; Feed RSS; Feeds RSS;
        Sottoscrizioni RSS; Subscrições RSS; Assinaturas RSS; Feeds de RSS; RSS-feeds; RSS-abonnementen;
        Źródła danych RSS; Subskrypcje RSS; Kanały RSS; RSS-flöden; RSS-prenumerationer; RSS-strømmer;
        RSS-abonnementer; RSS-syötteet; RSS-tilaukset; Informační kanály RSS; RSS Akışları; RSS
        Abonelikleri; RSS フィード; RSS 购读; RSS 源; RSS 訂閱; RSS 摘要; Conversation History; Aufgezeichnete
        Unterhaltungen; Unterhaltungsverlauf; Historique des conversations; Historial de conversaciones;
        Cronologia conversazioni; Cronologia conversazione; Histórico de conversas; Histórico de
        Conversações; Histórico de conversa; Gespreksgeschiedenis; Historia konwersacji;
        Konversationshistorik; Samtalehistorik; Samtaleoversikt; Samtalelogg; Keskusteluhistoria; Historie
        konverzací; Konuşma Geçmişi; Sohbet Geçmişi; 会話の履歴; 对话历史记录; 交談記錄; Notes; Notizen; Notas; Note;
        Notities; Notatki; Anteckningar; Noter; Notater; Muistilaput; Poznámky; Notlar; メモ; 便笺; 记事; Journal;
        Diario; Diário; Logboek; Dziennik; Kalendář deník; Dagbok; Päiväkirja; 履歴; 日记; Sync Issues;
        Synchronisierungsprobleme; Problèmes de synchronisation; Problemas de sincronización; Problemi di
        sincronizzazione; Problemas de sincronização; Synchronisatieproblemen; Problemy z synchronizacją;
        Synkroniseringsproblem; Synkroniseringsproblemer; Synkronointiongelmat; 同期の問題; 同步问题; Conflicts;
        Local Failures; Server Failures; Konflikte; Conflits; Conflictos; Conflitti; Conflitos; Conflicten;
        Konflikty; Outbox; Postausgang; Boîte d'envoi; Bandeja de salida; Posta in uscita; Caixa de saída;
        Postvak UIT; Skrzynka nadawcza; Utkorgen; Udbakke; Utboks; Drafts; Entwürfe; Brouillons; Borradores;
        Bozze; Rascunhos; Concepten; Wersje robocze; Utkast; Kladder; Sent Items; Gesendete Elemente;
        Gesendete Objekte; Éléments envoyés; Elementos enviados; Posta inviata; Itens enviados; Verzonden
        items; Elementy wysłane; Skickat; Sendt post; Sendte elementer; Tasks; Contacts; Calendar; Aufgaben;
        Kontakte; Kalender; Tâches; Calendrier; Tareas; Contactos; Calendario; Attività; Contatti; Tarefas;
        Contatos; Calendário; Taken; Contactpersonen; Agenda; Zadania; Kontakty; Kalendarz; Social Activity
        Notifications; Quick Step Settings; Conversation Action Settings; Yammer Root; Files;
        ExternalContacts
    """,
    Folder.JUNK: """
        Junk; Clutter; Junk Email; Junk E-mail; Junk-E-Mail;
        Spam; Courrier indésirable; Courrier indesirable;
        Pourriel; Correo no deseado; Correo basura; Posta
        indesiderata; Lixo Eletrônico; Lixo Eletrónico;
        E-mail de lixo; Lixo; Ongewenste e-mail; Ongewenste
        mail; Wiadomości-śmieci; Wiadomości śmieci;
        Skräppost; Uønsket mail; Uønsket e-mail; Søppelpost;
        Roskaposti; Nevyžádaná pošta; Gereksiz E-posta;
        Önemsiz E-posta; 迷惑メール; 垃圾邮件; 垃圾郵件
    """,
    Folder.DELETED: """
        Deleted Items; Deleted; Trash; Bin; Recycle Bin;
        Gelöschte Elemente; Gelöschte Objekte; Papierkorb;
        Éléments supprimés; Corbeille; Elementos eliminados;
        Papelera; Posta eliminata; Cestino; Itens Excluídos;
        Itens Eliminados; Lixeira; Verwijderde items;
        Prullenbak; Elementy usunięte; Kosz; Borttaget;
        Borttagna objekt; Papperskorgen; Slettet post;
        Slettede elementer; Poistetut; Odstraněná pošta;
        Silinmiş Öğeler; Silinen Öğeler; 削除済みアイテム; 已删除邮件;
        刪除的郵件; Recoverable Items; Deletions; Purges
    """,
    Folder.ARCHIVE: """
        Archive; Archives; Archiv; Archivo; Archivar;
        Archivados; Archivio; Arquivo; Arquivo Morto;
        Arquivo Morto da Caixa; Archief; Archiwum; Arkiv;
        Arkisto; Archivace; Arşiv; アーカイブ; 存档; 封存;
        Archivierung; Archivé; Archivés; Archivieren; Online
        Archive; In-Place Archive
    """,
    Folder.INBOX: """
        Inbox; Posteingang; Boîte de réception; Bandeja de
        entrada; Posta in arrivo; Caixa de Entrada; Postvak
        IN; Skrzynka odbiorcza; Inkorgen; Indbakke; Innboks;
        Saapuneet; Doručená pošta; Gelen Kutusu; 受信トレイ; 收件箱;
        收件匣
    """,
}
"""Names are separated by ``;``: upper case, accents and line breaks do not matter."""
