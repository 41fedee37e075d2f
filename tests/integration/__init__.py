"""Tests against real mail servers, keyrings, resolvers, networks and terminals."""
