"""Every model is scoped, or says why not."""

import pytest
from django.apps import apps
from django.db import models

OURS = {
    "accounts",
    "audit",
    "config",
    "incidents",
    "insights",
    "notifications",
    "patrols",
    "phone",
    "places",
    "programs",
    "rules",
}
OUR_MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]
UNSCOPED = {
    "accounts.User": "may belong to several organizations; reached only through Membership",
    "accounts.Session": "a browser's, not an organization's; reached only by its secret key",
    "notifications.Attempt": "codes for operators; no door shows it",
    "insights.Release": "open to everybody",
    "insights.Figure": "open to everybody: counts of at least five that name nobody",
}
WITHOUT_UUID = {
    "accounts.Session": "Django's own key",
    "audit.Entry": "append-only: bigint",
    "audit.Seal": "append-only: bigint",
    "incidents.Group": "its key is its code",
    "incidents.Move": "append-only: bigint",
    "notifications.Attempt": "append-only: bigint",
    "notifications.Preference": "never named by a client",
    "patrols.Move": "append-only: bigint",
    "patrols.TrackPoint": "append-only: bigint",
    "places.District": "its key is its UBIGEO",
}


def is_scoped(model):
    """A model is scoped when its default query can be narrowed to what a member may see."""
    return callable(getattr(model._default_manager.all(), "visible_to", None))


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_model_is_scoped_or_says_why_not(model):
    assert is_scoped(model) != (model._meta.label in UNSCOPED)


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_domain_row_has_a_uuid_key_or_says_why_not(model):
    assert isinstance(model._meta.pk, models.UUIDField) != (model._meta.label in WITHOUT_UUID)


@pytest.mark.parametrize("label", sorted({**UNSCOPED, **WITHOUT_UUID}))
def test_no_exemption_outlives_its_model(label):
    assert label in {model._meta.label for model in OUR_MODELS}


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_every_constraint_is_named_as_a_sentence(model):
    for constraint in model._meta.constraints:
        assert constraint.name.count("_") >= 1
        assert "%" not in constraint.name


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_a_row_in_a_log_line_shows_no_name(model):
    """`str(row)` reaches logs and tracebacks: it may hold ids, codes and states, never people."""
    row = model()
    for field in model._meta.get_fields():
        if isinstance(field, models.CharField | models.TextField) and field.name in PRIVATE:
            setattr(row, field.name, "Rosa Quispe")
    assert "Rosa" not in str(row)


PRIVATE = {
    "full_name",
    "phone",
    "email",
    "alias",
    "label",
    "text",
    "summary",
    "body",
    "title",
    "meeting_point",
}


class Unscoped(models.Model):
    """The planted breach: a model nobody scoped."""

    class Meta:
        app_label = "tests"
        managed = False

    def __str__(self):
        return ""


def test_an_unscoped_model_is_seen():
    assert not is_scoped(Unscoped)
