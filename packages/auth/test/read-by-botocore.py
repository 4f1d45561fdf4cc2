# Reads pairs of profile files as botocore does: one JSON object in per line, one out. Lives as long as its stdin.
import json
import os
import sys
import tempfile

from botocore.configloader import load_config, raw_config_parse
from botocore.exceptions import ConfigParseError

folder = tempfile.mkdtemp()
config_path = os.path.join(folder, "config")
credentials_path = os.path.join(folder, "credentials")


def read(config, credentials):
    for path, text in ((config_path, config), (credentials_path, credentials)):
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    try:
        full = load_config(config_path)
        # As botocore.session.Session.full_config puts the credentials file on top.
        for name, values in raw_config_parse(credentials_path).items():
            full["profiles"].setdefault(name, {}).update(values)
    except ConfigParseError:
        return {"refused": True}
    return {key: full[key] for key in ("profiles", "sso_sessions", "services")}


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(read(asked["config"], asked["credentials"])), flush=True)
