"""What the product says about messages and conversations: one place for each sentence, wherever it is read."""
