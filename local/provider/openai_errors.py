"""OpenAI's errors, as the local provider answers with them."""

from starlette.responses import JSONResponse, Response


class ApiError(Exception):
    """A request that is answered with OpenAI's error envelope."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": kind, "param": param, "code": code}

    def response(self) -> Response:
        """Return the HTTP response."""
        return JSONResponse({"error": self.error}, self.status)


def bad_value(param: str, advice: str) -> ApiError:
    """Return the error for a field or parameter with a value that it cannot have."""
    return ApiError(400, f"Invalid value for '{param}'. {advice}", param=param)


def unknown_model(model: str) -> ApiError:
    """Return the error for a model that is not served."""
    return ApiError(
        404,
        f"The model `{model}` does not exist or you do not have access to it.",
        param="model",
        code="model_not_found",
    )


def unsupported_parameter(name: str) -> ApiError:
    """Return the error for a parameter that the model does not take."""
    return ApiError(
        400,
        f"Unsupported parameter: '{name}' is not supported with this model.",
        param=name,
        code="unsupported_parameter",
    )
