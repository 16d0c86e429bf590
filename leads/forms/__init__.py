"""Forms of leads, companies, labels and imports. Every refusal says what would be right."""
