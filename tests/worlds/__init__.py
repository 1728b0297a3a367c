"""Sets of services: a part of the product with everything that it talks to."""
