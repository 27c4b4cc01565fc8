"""AWS's own description of its calls, as botocore carries it."""

import functools
import importlib.metadata
import re

import awscli  # noqa: F401 (from here on `botocore` is the AWS CLI's own copy of the code; the models are the newer ones)
import botocore.loaders
import botocore.model
import botocore.validate

# Patterns written for another dialect, or with lists of every Region, are held to what Python can read of them.
MISSPELT = re.compile(r"\\p\{|\[\[:")


@functools.cache
def service(name):
    data = importlib.metadata.distribution("botocore").locate_file("botocore/data")
    loader = botocore.loaders.Loader(extra_search_paths=[str(data)], include_default_search_paths=False)
    return botocore.model.ServiceModel(loader.load_service_model(name, "service-2"), name)


@functools.cache
def actions(prefix, *names):
    """The operations of a service's models, as IAM names them."""
    return {f"{prefix}:{operation}" for name in names for operation in service(name).operation_names}


def complaints(service_name, operation, parameters):
    """What is wrong with the parameters of a call: botocore's own validation, and what that leaves out."""
    model = service(service_name)
    if operation not in model.operation_names:
        return [f"{service_name} has no operation {operation}"]
    shape = model.operation_model(operation).input_shape
    if shape is None:
        return [f"{operation} takes no parameters"] if parameters else []
    report = botocore.validate.ParamValidator().validate(parameters, shape)
    if report.has_errors():
        return report.generate_report().splitlines()
    return list(beyond(shape, parameters, ""))


def beyond(shape, value, path):
    """Enums, longest lengths and patterns, which botocore leaves to the service."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from beyond(shape.members[name], inner, f"{path}.{name}")
    elif shape.type_name == "list":
        yield from too_long(shape, value, path)
        for number, inner in enumerate(value):
            yield from beyond(shape.member, inner, f"{path}[{number}]")
    elif shape.type_name == "map":
        for name, inner in value.items():
            yield from beyond(shape.key, name, f"{path} key")
            yield from beyond(shape.value, inner, f"{path}.{name}")
    elif shape.type_name == "string":
        yield from wrong_text(shape, value, path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        largest = shape.metadata.get("max")
        if largest is not None and value > largest:
            yield f"{path}: {value} is over {largest}"


def wrong_text(shape, value, path):
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {', '.join(shape.enum)}"
    yield from too_long(shape, value, path)
    pattern = shape.metadata.get("pattern")
    if pattern and not MISSPELT.search(pattern) and not re.fullmatch(pattern, value):
        yield f"{path}: {value!r} is not as {pattern}"


def too_long(shape, value, path):
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        yield f"{path}: {len(value)} long, and {most} is the most"
