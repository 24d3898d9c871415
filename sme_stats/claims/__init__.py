"""Claims: what a document prints, what the data say of it, and where the number does hold."""
