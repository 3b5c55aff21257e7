"""What words mean: stems, the vocabulary of kinds of help, vectors of texts, and the models that make them. Pure."""
