"""A reader of a Kinesis stream by AWS's own SDK. Its credential comes on its standard input; it says what it reads, what it may not, and what stopped it."""
import json
import re
import sys
import time

import boto3
from botocore.exceptions import ClientError

given = json.loads(sys.stdin.readline())
kinesis = boto3.client(
    "kinesis",
    endpoint_url=sys.argv[1],
    region_name=given["region"],
    aws_access_key_id=given["accessKeyId"],
    aws_secret_access_key=given["secretAccessKey"],
    aws_session_token=given["sessionToken"],
)


def say(what):
    print(what, flush=True)


def code_of(refused):
    # moto says no in XML where this SDK expects JSON, and then has the HTTP status for a code.
    return (re.search("<Code>([A-Za-z]+)", str(refused)) or [None, refused.response["Error"]["Code"]])[1]


try:
    shard = kinesis.list_shards(StreamName="orders")["Shards"][0]["ShardId"]
    at = kinesis.get_shard_iterator(StreamName="orders", ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    say(kinesis.get_records(ShardIterator=at)["Records"][0]["Data"].decode())
    try:
        kinesis.put_record(StreamName="orders", PartitionKey="1", Data=b"{}")
        say("written")
    except ClientError as refused:
        say(code_of(refused))
    while True:
        at = kinesis.get_records(ShardIterator=at)["NextShardIterator"]
        time.sleep(0.1)
except ClientError as refused:
    say(code_of(refused))
