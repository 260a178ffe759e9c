"""Domains that say by themselves who is behind an address."""

TICKET_SYSTEMS = frozenset(
    {
        "zendesk.com", "freshdesk.com", "freshservice.com", "atlassian.net", "service-now.com",
        "zohodesk.com", "zohodesk.eu", "helpscout.net", "helpscoutapp.com", "jitbit.com", "happyfox.com",
        "intercom-mail.com", "supportbee.com", "kayako.com", "teamwork.com", "front-mail.com",
        "sysaidit.com", "otrs.com", "zammad.com", "topdesk.net", "topdesk.com", "gorgias.com", "hesk.com",
        "odoo.com", "mojohelpdesk.com", "samanage.com", "halopsa.com", "haloitsm.com"
    }
)  # fmt: skip
"""Where ``NAME.domain`` is the ticket system of the organisation NAME."""

FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
        "ymail.com", "aol.com", "icloud.com", "me.com", "proton.me", "protonmail.com", "tutanota.com",
        "tuta.io", "mail.com", "gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de",
        "mail.ru", "yandex.ru", "yandex.com", "zoho.com", "zohomail.com", "inbox.lv", "mail.ee",
        "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "libero.it", "virgilio.it", "tiscali.it",
        "uol.com.br", "bol.com.br", "terra.com.br", "sapo.pt", "ziggo.nl", "kpnmail.nl", "wp.pl", "o2.pl",
        "onet.pl", "interia.pl", "seznam.cz", "qq.com", "163.com", "126.com", "cock.li", "keemail.me",
        "pm.me"
    }
)  # fmt: skip
"""Where anybody gets an address at once. National twins (``yahoo.fr``) are told by their name in ``effects.py``."""

AUTOMATED = frozenset(
    {
        "linkedin", "facebookmail", "facebook", "twitter", "instagram", "pinterest", "tiktok", "youtube",
        "xing", "meetup", "eventbrite", "github", "gitlab", "bitbucket", "atlassian", "jira", "slack",
        "trello", "asana", "notion", "figma", "miro", "zoom", "webex", "mailchimp", "mcsv", "sendgrid",
        "hubspot", "substack", "medium", "quora", "reddit", "amazon", "amazonses", "ebay", "zalando",
        "groupon", "booking", "tripadvisor", "airbnb", "uber", "netflix", "spotify", "udemy", "coursera",
        "indeed", "stepstone", "glassdoor", "allegro", "olx", "bol", "coolblue", "ikea", "lidl", "aldi",
        "decathlon", "fnac", "cdiscount", "leboncoin", "mercadolibre", "mercadolivre", "magazineluiza",
        "americanas", "wallapop", "mediamarkt", "otto", "ryanair", "easyjet", "lufthansa", "doodle",
        "surveymonkey", "typeform", "canva", "adobe", "grammarly", "evernote", "yammer", "viva", "teams",
        "sharepointonline", "nextdoor", "vimeo", "strava", "monday", "mailjet", "brevo", "sendinblue",
        "constantcontact", "newsletter2go", "cleverreach", "campaignmonitor", "wish", "aliexpress", "temu",
        "shein", "asos", "etsy", "nytimes", "spiegel", "lemonde", "elpais", "repubblica", "gazeta",
        "bloomberg", "forbes", "economist", "handelsblatt"
    }
)  # fmt: skip
"""Names within domains that only machines write from: social networks, shops, newspapers, tools."""

MAILING_HOSTS = frozenset(
    {
        "news", "newsletter", "newsletters", "mailing", "mail", "email", "e", "em", "m", "mkt", "marketing",
        "promo", "info", "click", "go", "campaign", "notify", "notifications", "updates", "reply", "bounce",
        "offers", "lists", "list"
    }
)  # fmt: skip
"""First labels of the subdomains that companies send their mailings from: ``news.company.com``."""

SYSTEM_NAMES = ("junk e-mail rule", "junk email rule", "microsoft.exchange.oof.", "delegate rule", "out of office rule")
"""How the names of Exchange's own rules begin."""
