"""The languages of the screen. Django knows Spanish and English; Quechua we introduce ourselves."""

from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

# Lima hears mostly southern Quechua (quz); a phone may name either code.
LANG_INFO["qu"] = {"bidi": False, "code": "qu", "name": "Quechua", "name_local": "Runasimi"}
LANG_INFO["quz"] = {"fallback": ["qu", "es"]}

LANGUAGES = [("es", _("Spanish")), ("en", _("English")), ("qu", _("Quechua"))]
