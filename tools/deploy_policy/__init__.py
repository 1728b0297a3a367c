"""The IAM policies of whoever deploys the stack, made from the resources of its template."""
