"""What API Gateway knows of the API: routes, and which of them takes a key from where."""
