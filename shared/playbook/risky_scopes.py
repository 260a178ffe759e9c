"""What an application could do in a user's name that an attacker wants: delegated scopes of Microsoft's services, as
data. A scope that begins like an entry is meant too: ``Mail.`` means ``Mail.Read`` and ``Mail.ReadWrite.Shared``.

Source of the names: https://learn.microsoft.com/graph/permissions-reference, and for the protocols of Exchange
https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

RISKY = {
    "Mail.": "reads, writes or sends mail",
    "MailboxSettings.ReadWrite": "makes rules and forwards mail",
    "EWS.AccessAsUser.All": "has the whole mailbox",
    "full_access_as_user": "has the whole mailbox",
    "IMAP.AccessAsUser.All": "reads mail",
    "POP.AccessAsUser.All": "reads mail",
    "SMTP.Send": "sends mail",
    "Contacts.": "reads whom the user writes to",
    "People.": "reads whom the user writes to",
    "Files.": "reads or changes files",
    "Sites.": "reads or changes SharePoint",
    "Notes.": "reads or changes notebooks",
    "Chat.": "reads or writes chats",
    "ChannelMessage.": "reads or writes in Teams",
    "Directory.": "reads or changes the directory",
    "Application.ReadWrite": "changes applications, and so what they may do",
    "AppRoleAssignment.ReadWrite": "gives itself more",
    "DelegatedPermissionGrant.ReadWrite": "gives itself more",
    "RoleManagement.ReadWrite": "makes administrators",
    "User.ReadWrite": "changes users",
    "UserAuthenticationMethod.ReadWrite": "registers second factors",
    "user_impersonation": "acts as the user",
}


def dangers(scopes: frozenset[str]) -> list[str]:
    """What these scopes allow that an attacker wants, each once, in words."""
    lowered = [scope.casefold().rpartition("/")[2] for scope in scopes]
    found = (why for name, why in RISKY.items() if any(one.startswith(name.casefold()) for one in lowered))
    return list(dict.fromkeys(found))
