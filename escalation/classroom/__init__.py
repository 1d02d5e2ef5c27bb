"""The classroom: a live page in the browser, and what can be taken away from it."""
