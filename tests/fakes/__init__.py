"""Servers that stand in for the outside: real HTTP on loopback, answering as a test scripts."""
