"""Mutations: what is changed, which tests run what was changed, and a run of these with the change."""
