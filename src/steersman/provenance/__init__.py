"""Signed charts: provenance files, keyrings and OpenPGP's clear-signing. Answers to Helm's ``pkg/provenance``."""
