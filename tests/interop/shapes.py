"""Replies held against the service's own model, as botocore ships it."""

import datetime
import json
import re

# Errors any call may return, with their HTTP status.
# https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/CommonErrors.html
COMMON_ERRORS = {
    "AccessDeniedException": 403,
    "ExpiredTokenException": 403,
    "IncompleteSignature": 403,
    "InternalFailure": 500,
    "MalformedHttpRequestException": 400,
    "NotAuthorized": 401,
    "OptInRequired": 403,
    "RequestAbortedException": 400,
    "RequestEntityTooLargeException": 413,
    "RequestTimeoutException": 408,
    "ServiceUnavailable": 503,
    "ThrottlingException": 400,
    "UnknownOperationException": 404,
    "UnrecognizedClientException": 403,
    "ValidationError": 400,
}


def problems(shape, value, path="$"):
    """What is wrong with a JSON value that is to be of a shape; empty when nothing is."""
    return list(CHECKS[shape.type_name](shape, value, path))


def wire_name(name, member):
    """A member's name in JSON."""
    return member.serialization.get("name", name)


def structure(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no structure"
        return
    members = {wire_name(name, member): (name, member) for name, member in shape.members.items()}
    required = set(shape.required_members)
    for key in value.keys() - members.keys():
        yield f"{path}: {key} is no member of {shape.name}"
    for key, (name, member) in members.items():
        if key in value:
            yield from problems(member, value[key], f"{path}.{key}")
        elif name in required:
            yield f"{path}: the required member {key} of {shape.name} is missing"


def sequence(shape, value, path):
    if not isinstance(value, list):
        yield f"{path}: {value!r} is no list"
        return
    yield from within(shape, len(value), path, "items")
    for index, item in enumerate(value):
        yield from problems(shape.member, item, f"{path}[{index}]")


def mapping(shape, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no map"
        return
    for key, item in value.items():
        yield from problems(shape.value, item, f"{path}.{key}")


def string(shape, value, path):
    if not isinstance(value, str):
        yield f"{path}: {value!r} is no string"
        return
    yield from within(shape, len(value), path, "characters")
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {shape.enum}"
    pattern = shape.metadata.get("pattern")
    if pattern and not re.search(pattern, value):
        yield f"{path}: {value!r} is not like {pattern}"


def integer(shape, value, path):
    if isinstance(value, bool) or not isinstance(value, int):
        yield f"{path}: {value!r} is no integer"
        return
    yield from within(shape, value, path, "")


def boolean(_shape, value, path):
    if not isinstance(value, bool):
        yield f"{path}: {value!r} is no boolean"


def timestamp(_shape, value, path):
    """Epoch seconds as a number, in both protocols."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        yield f"{path}: {value!r} is no number of seconds"
    elif not 1_600_000_000 < value < 5_000_000_000:
        yield f"{path}: {value!r} is not a time in seconds of these years"


def within(shape, size, path, unit):
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low or high is not None and size > high:
        yield f"{path}: {size} {unit} is not within {low} and {high}"


CHECKS = {
    "structure": structure,
    "list": sequence,
    "map": mapping,
    "string": string,
    "integer": integer,
    "long": integer,
    "boolean": boolean,
    "timestamp": timestamp,
}


def parsed_like(shape, raw, parsed, path="$"):
    """Where botocore's reading of a reply differs from what stood in it."""
    if shape.type_name == "structure":
        keys = {wire_name(name, member): name for name, member in shape.members.items()}
        if {keys.get(key) for key in raw} != set(parsed):
            yield f"{path}: {sorted(raw)} was read as {sorted(parsed)}"
            return
        for key, value in raw.items():
            yield from parsed_like(shape.members[keys[key]], value, parsed[keys[key]], f"{path}.{key}")
    elif shape.type_name == "list":
        if len(raw) != len(parsed):
            yield f"{path}: {len(raw)} items were read as {len(parsed)}"
        for index, (one, other) in enumerate(zip(raw, parsed)):
            yield from parsed_like(shape.member, one, other, f"{path}[{index}]")
    elif shape.type_name == "timestamp":
        if not isinstance(parsed, datetime.datetime) or abs(parsed.timestamp() - raw) > 0.001:
            yield f"{path}: {raw!r} was read as {parsed!r}"
    elif raw != parsed:
        yield f"{path}: {raw!r} was read as {parsed!r}"


def check_reply(http_response, parsed, model, **_):
    """A handler of botocore's `after-call` event: every reply of every test goes through it."""
    faults = []
    if not parsed.get("ResponseMetadata", {}).get("RequestId"):
        faults.append("the reply has no request ID")
    if http_response.status_code >= 300:
        faults += error_problems(http_response, parsed["Error"], model)
    elif model.service_model.protocol != "query":
        raw = json.loads(http_response.content)
        read = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        if model.output_shape is None:
            faults += [] if raw == {} else [f"the reply should be empty, not {raw}"]
        else:
            faults += problems(model.output_shape, raw) or parsed_like(model.output_shape, raw, read)
    assert not faults, f"{model.name}: {faults}"


def error_problems(http_response, error, model):
    """What is wrong with an error: its place, its message, its status, or that the operation does not have it."""
    code, status = error["Code"], http_response.status_code
    body = http_response.content
    if not error["Message"]:
        yield f"{code} has no message"
    if model.service_model.protocol == "query":
        return
    fields = json.loads(body)
    named = fields.get("__type") or http_response.headers.get("x-amzn-errortype") or ""
    if named.split(":")[0].split("#")[-1] != code:
        yield f"{code} is not named in {fields} or its header"
    modelled = {shape.name for shape in model.error_shapes}
    expected = 400 if code in modelled else COMMON_ERRORS.get(code)
    if expected is None:
        yield f"{code} is neither modelled for the operation nor an error that all have"
    elif status != expected:
        yield f"{code} came with {status}, not {expected}"


def smallest(shape):
    """The smallest input of a shape that a client lets pass: required members only, shortest values."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        return {name: smallest(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [smallest(shape.member)] * max(1, shape.metadata.get("min", 1))
    if shape.type_name == "string":
        return shape.enum[0] if shape.enum else "1" * max(1, shape.metadata.get("min", 1))
    if shape.type_name in ("integer", "long"):
        return shape.metadata.get("min", 1)
    if shape.type_name == "boolean":
        return False
    if shape.type_name == "timestamp":
        return datetime.datetime(2026, 11, 20, tzinfo=datetime.timezone.utc)
    return {}
