"""One conversation: what is shown of it and what people do in it."""
