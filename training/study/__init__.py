"""The study behind the choice of the shipped model: many candidates, the same folds, one table."""
