"""Signs the cases of cases.json with botocore and prints them again, with what it signed."""
import datetime
import json
import sys
from urllib.parse import quote

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 1, 15, 12, 30, 45, tzinfo=datetime.timezone.utc)


def clock(remove_tzinfo=True):
    return NOW.replace(tzinfo=None) if remove_tzinfo else NOW


botocore.auth.get_current_datetime = clock


def sign(case):
    keys = Credentials(case["key_id"], case["secret"], case.get("token") or None)
    kind = botocore.auth.S3SigV4Auth if case["s3"] else botocore.auth.SigV4Auth
    signer = kind(keys, case["service"], case["region"])
    url = case["scheme"] + "://" + case["host"] + case["path"]
    if case["query"]:
        url += "?" + "&".join(quote(n, safe="-_.~") + "=" + quote(v, safe="-_.~") for n, v in case["query"])
    request = AWSRequest(method=case["method"], url=url, data=case["body"].encode())
    for name, value in case["headers"]:
        request.headers[name] = value
    if case["s3"]:
        request.context["payload_signing_enabled"] = True
        request.context["client_config"] = type("C", (), {"s3": {"payload_signing_enabled": True}})()
    seen = []
    original = signer.canonical_request
    signer.canonical_request = lambda r: seen.append(original(r)) or seen[-1]
    signer.add_auth(request)
    return {**case, "canonical": seen[-1], "authorization": request.headers["Authorization"]}


with open(sys.argv[1], encoding="utf-8") as file:
    data = json.load(file)
data["botocore"] = botocore.__version__
data["cases"] = [sign(case) for case in data["cases"]]
json.dump(data, sys.stdout, indent=1, ensure_ascii=False)
sys.stdout.write("\n")
