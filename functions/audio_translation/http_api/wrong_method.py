"""Which methods a route has, for a request with another one."""

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from audio_translation.errors import MethodNotAllowed, NotFound, ServiceError


def no_route(app: APIGatewayRestResolver) -> ServiceError:
    """Return the error for a request that no route takes: of its method, or at all."""
    path = app._remove_prefix(app.current_event.path)  # Powertools tells no methods
    routes = [*app._static_routes, *app._dynamic_routes]
    methods = {str(route.method).upper() for route in routes if route.rule.match(path)}
    if not methods:
        return NotFound("There is no such route. GET /docs lists them.")
    if "GET" in methods:
        methods.add("HEAD")
    allowed = ", ".join(sorted(methods))
    return MethodNotAllowed(f"This route takes {allowed}. GET /docs lists all routes.", allowed)
