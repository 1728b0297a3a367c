"""GET /docs: Swagger UI with the OpenAPI page inside."""

from pathlib import Path

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Audio translation</title>
<style>{css}</style>
</head>
<body>
<div id="swagger-ui"></div>
<script>{script}</script>
<script>
window.ui = SwaggerUIBundle({{
  dom_id: "#swagger-ui",
  spec: {openapi},
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  validatorUrl: null,
}});
</script>
</body>
</html>
"""


def docs_page(openapi: str) -> str:
    """Return the HTML page for an OpenAPI document in JSON.

    Powertools' ``enable_swagger`` makes a similar page, but imports all models of OpenAPI when the
    function starts: a fifth of its imports. And it leaves all models open.
    """
    from aws_lambda_powertools.event_handler.openapi import swagger_ui  # noqa: PLC0415

    folder = Path(swagger_ui.__file__).parent
    return _PAGE.format(
        css=(folder / "swagger-ui.min.css").read_text(encoding="utf-8"),
        script=(folder / "swagger-ui-bundle.min.js").read_text(encoding="utf-8"),
        openapi=openapi.replace("</", "<\\/"),  # or text in it could end the script that it is in
    )
