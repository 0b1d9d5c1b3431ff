"""Answer keys, one module per chapter; see `mathml.interactive.answer_key`."""
