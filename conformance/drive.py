"""Runs the cases of a plan with boto3 or with the AWS CLI and prints one JSON line per case.

Usage: python drive.py boto3|cli < plan.json. The plan has `actors` and `cases`; what the words mean is written in
types.d.mts. Both clients find their target by AWS_ENDPOINT_URL alone, which the caller sets.
"""

import json
import os
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request

import awscli.clidriver
import awscli.handlers  # loaded here once, for every fork
import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

# The cases that AWS itself refuses must reach it, so the clients' own checks of parameters are off.
CONFIG = Config(parameter_validation=False, retries={"max_attempts": 0}, signature_version=None)
LINKS = Config(signature_version="s3v4", retries={"max_attempts": 0})


CLIENTS = {}


def client_of(keys, service, config):
    """One client for each actor and service: making one costs ten times a call."""
    key = (keys["accessKeyId"], keys["secretAccessKey"], keys.get("sessionToken"), service, config is LINKS)
    if key not in CLIENTS:
        CLIENTS[key] = boto3.client(
            service,
            aws_access_key_id=keys["accessKeyId"],
            aws_secret_access_key=keys["secretAccessKey"],
            aws_session_token=keys.get("sessionToken"),
            region_name="us-east-1",
            config=config,
        )
    return CLIENTS[key]


def with_boto3(case, keys):
    if "presigned" in case:
        client = client_of(keys, "s3", LINKS)
        link = client.generate_presigned_url("get_object", Params=case["presigned"], ExpiresIn=300)
        return open_link(link, case)
    service, operation = case["call"].split(":")
    client = client_of(keys, service, CONFIG)
    try:
        answer = getattr(client, xform_name(operation))(**case.get("input", {}))
    except ClientError as error:
        found = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"allowed": False, "code": found["Code"], "status": status, "message": found["Message"]}
    if "Body" in answer:
        answer["Body"] = answer["Body"].read().decode()
    return {"allowed": True, "answer": answer}


def with_cli(case, keys):
    env = dict(os.environ, AWS_ACCESS_KEY_ID=keys["accessKeyId"], AWS_SECRET_ACCESS_KEY=keys["secretAccessKey"])
    env["AWS_DEFAULT_REGION"] = "us-east-1"
    if keys.get("sessionToken") is not None:
        env["AWS_SESSION_TOKEN"] = keys["sessionToken"]
    with tempfile.TemporaryDirectory() as folder:
        env["AWS_CONFIG_FILE"] = os.path.join(folder, "config")
        write(env["AWS_CONFIG_FILE"], "[default]\nparameter_validation = false\ns3 =\n  signature_version = s3v4\n")
        if "presigned" in case:
            place = "s3://{Bucket}/{Key}".format(**case["presigned"])
            _, stdout, _ = aws(env, ["s3", "presign", place, "--expires-in", "300"], folder)
            return open_link(stdout.strip(), case)
        service, operation = case["call"].split(":")
        name = xform_name(operation, "-")
        given = dict(case.get("input", {}))
        args = ["s3api" if service == "s3" else service, name, "--output", "json", "--debug"]
        if name == "get-object":
            args += ["--bucket", given.pop("Bucket"), "--key", given.pop("Key"), os.path.join(folder, "body")]
        if "Body" in given:
            write(os.path.join(folder, "body"), given.pop("Body"))
            args += ["--body", os.path.join(folder, "body")]
        if given:
            args += ["--cli-input-json", json.dumps(given)]
        code, stdout, stderr = aws(env, args, folder)
        if code != 0:
            return cli_refusal(stderr)
        answer = json.loads(stdout) if stdout.strip() else {}
        if name == "get-object":
            answer["Body"] = read(os.path.join(folder, "body"))
        return {"allowed": True, "answer": answer}


def aws(env, args, folder):
    """Runs the CLI in a fork of this process: each run is a process of its own and none loads the CLI again."""
    out, err = os.path.join(folder, "stdout"), os.path.join(folder, "stderr")
    child = os.fork()
    if child == 0:
        code = 255
        try:
            for number, path in ((1, out), (2, err)):
                os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), number)
            os.environ.clear()
            os.environ.update(env)
            code = awscli.clidriver.create_clidriver().main(args)
        except SystemExit as end:
            code = end.code
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), read(out), read(err)


def cli_refusal(stderr):
    """The CLI prints code and text; the HTTP status is in the lines of --debug only."""
    said = re.search(r"^(?:aws: \[ERROR\]: )?An error occurred \((.*?)\) when calling the \w+ operation: (.*)$", stderr, re.M)
    statuses = re.findall(r'"[A-Z]+ \S+ HTTP/1\.1" (\d{3})', stderr)
    if said is None or not statuses:
        raise RuntimeError("the CLI failed by itself: " + stderr.strip().split("\n")[-1][:300])
    return {"allowed": False, "code": said.group(1), "status": int(statuses[-1]), "message": said.group(2)}


def open_link(link, case):
    before, after = case.get("tamper", ["", ""])
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(link.replace(before, after, 1) if before else link) as response:
            return {"allowed": True, "answer": {"Body": response.read().decode()}}
    except urllib.error.HTTPError as error:
        text = error.read().decode()
        return {"allowed": False, "code": part(text, "Code"), "status": error.code, "message": part(text, "Message")}


def part(text, name):
    found = re.search(f"<{name}>([^<]*)</{name}>", text)
    return "" if found is None else found.group(1)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def main():
    plan = json.load(sys.stdin)
    drive = {"boto3": with_boto3, "cli": with_cli}[sys.argv[1]]
    for case in plan["cases"]:
        answer = ask(drive, case, plan["actors"][case["as"]], plan["patience"])
        print(json.dumps({"name": case["name"], **answer}, default=str), flush=True)


def ask(drive, case, keys, patience):
    """What is not as expected is asked again, unless that would change something."""
    for attempt in range(1, patience["attempts"] + 1):
        try:
            answer = drive(case, keys)
        except Exception as error:  # pylint: disable=broad-except
            answer = {"broken": f"{type(error).__name__}: {error}"}
        if attempt > 1:
            answer["attempts"] = attempt
        if is_expected(case, answer) or not may_ask_again(case, answer):
            break
        if attempt < patience["attempts"]:
            time.sleep(attempt * patience["pauseMs"] / 1000)
    return answer


def is_expected(case, answer):
    if "allowed" in case or "broken" in answer:
        return bool(answer.get("allowed"))
    refused = case["refused"]
    return not answer["allowed"] and (answer["status"], answer["code"]) == (
        refused["status"],
        refused.get("code", answer["code"]),
    )


def may_ask_again(case, answer):
    reads = re.search(":(?:Get|Head|List|AssumeRole)", case.get("call", ":Get"))
    return not answer.get("allowed") or reads is not None


if __name__ == "__main__":
    main()
