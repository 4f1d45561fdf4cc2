# Says who each profile is, by boto3 and by the AWS CLI: profile names as arguments, one JSON object out.
import contextlib
import io
import json
import sys

import boto3
from awscli.clidriver import create_clidriver


def by_boto3(name):
    try:
        return boto3.Session(profile_name=name).client("sts").get_caller_identity()["Arn"]
    except Exception:  # every refusal is one
        return "refused"


def by_cli(name):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            status = create_clidriver().main(["sts", "get-caller-identity", "--profile", name, "--output", "json"])
        except SystemExit as ended:
            status = ended.code
    return json.loads(out.getvalue())["Arn"] if status == 0 else "refused"


names = sys.argv[1:]
print(json.dumps({name: {"boto3": by_boto3(name), "cli": by_cli(name)} for name in names}))
