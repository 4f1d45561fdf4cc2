# Says who somebody is by boto3 and by the AWS CLI, row by row: a JSON list of environments comes in, a list of answers goes out.
import contextlib
import getpass
import io
import json
import os
import sys

# botocore takes its prompter when it is imported.
getpass.getpass = lambda *_: os.environ["TEST_MFA_CODE"]

import boto3
import botocore.credentials
from awscli.clidriver import create_clidriver

# Without awscrt botocore cannot renew what `aws login` keeps, and so does not read it either. Nothing is renewed here.
if getattr(botocore.credentials, "EC", None) is None:
    botocore.credentials.EC = object


def by_boto3():
    try:
        return boto3.Session().client("sts", endpoint_url=os.environ["TEST_ENDPOINT"]).get_caller_identity()["Arn"]
    except Exception:  # every refusal is one
        return "refused"


def by_cli():
    out = io.StringIO()
    words = ["sts", "get-caller-identity", "--output", "json", "--endpoint-url", os.environ["TEST_ENDPOINT"]]
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        try:
            status = create_clidriver().main(words)
        except SystemExit as ended:
            status = ended.code
    return json.loads(out.getvalue())["Arn"] if status == 0 else "refused"


def answer(row):
    # The AWS CLI says there where its own data are.
    data = os.environ.get("AWS_DATA_PATH", "")
    os.environ.clear()
    os.environ.update({"AWS_DATA_PATH": data, **row["env"]})
    asked = {"boto3": by_boto3, "cli": by_cli}
    return {name: asked[name]() for name in row["clients"]}


print(json.dumps([answer(row) for row in json.load(sys.stdin)]))
