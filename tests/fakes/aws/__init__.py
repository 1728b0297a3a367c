"""AWS on loopback: moto, and what stands in front of it or does what moto does not."""
