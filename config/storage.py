"""Static files under hashed names, JavaScript modules included, so that browsers may keep them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites `import` lines between our ES modules."""

    support_js_module_import_aggregation = True
