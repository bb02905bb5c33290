"""The decorator of every operation: it authenticates, validates and documents.

spectree builds the description from the same models that validate requests.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Response, request
from pydantic import BaseModel, ValidationError
from spectree import Response as Answers
from spectree import SpecTree
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from campaign.web.api import keys
from campaign.web.api.problems import BodyInvalid
from campaign.web.api.schemas import Problem

VERSION = "1.0.0"

SPEC = SpecTree(
    "flask",
    title="Campaign API",
    version=VERSION,
    openapi_version="3.1.0",
    # Its own page and path are not used: see `openapi`.
    path="api-description",
    mode="strict",
    annotations=False,
    naming_strategy=lambda model: model.__name__,
    nested_naming_strategy=lambda parent, child: child,
    validation_error_model=Problem,
)

#: The errors of every operation, of those that need a key, and of those that name a resource.
_ALWAYS = (400, 414, 429, 503)
_WITH_KEY = (401, 403)


def operation(
    *,
    answer: type[BaseModel] | None,
    status: int = 200,
    scope: str = "",
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    may_be_missing: bool = False,
    may_be_closed: bool = False,
    tag: str,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Make a view an operation: `scope` is the scope that its key needs, "" makes it public.

    The view gets the values of its path, and `query` and `body` as validated models where it takes
    them.
    """
    failures: Sequence[int] = (
        *_ALWAYS,
        *(_WITH_KEY if scope else ()),
        *((404,) if may_be_missing else ()),
        *((409,) if may_be_closed else ()),
        *((413, 415) if body else ()),
    )
    models: dict[str, Any] = {f"HTTP_{code}": Problem for code in failures}
    models[f"HTTP_{status}"] = answer

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**path: Any) -> Response:
            if scope:
                keys.require(scope, path.get("name"))
            if query is not None:
                path["query"] = _query(query)
            if body is not None:
                path["body"] = _body(body)
            return view(**path)

        described: Callable[..., Response] = SPEC.validate(
            query=query,
            json=body,
            resp=Answers(**models),
            security=[{"key": []}, {"osdi": []}] if scope else [],
            tags=[tag],
            operation_id=view.__name__,
            skip_validation=True,
            validation_error_status=422,
        )(checked)
        return described

    return decorate


def _query(model: type[BaseModel]) -> BaseModel:
    given = {
        name: values[0] if len(values) == 1 else values for name, values in request.args.lists()
    }
    return _checked(model, given)


def _body(model: type[BaseModel]) -> BaseModel:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("not JSON")
    try:
        given = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise BadRequest("not JSON") from error
    return _checked(model, given)


def _checked(model: type[BaseModel], given: Any) -> BaseModel:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise BodyInvalid(
            [
                {
                    "field": ".".join(str(part) for part in one["loc"]),
                    # Our own sentences, without what Pydantic puts before them.
                    "message": one["msg"].removeprefix("Value error, "),
                }
                for one in error.errors(include_url=False, include_context=False)
            ]
        ) from None


def answered(
    body: BaseModel | dict[str, Any], *, status: int = 200, content_type: str = "application/json"
) -> Response:
    """Return a body as a JSON response."""
    plain = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    return Response(orjson.dumps(plain), status=status, content_type=content_type)
