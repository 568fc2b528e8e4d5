"""What the questions about comments share; they ask nothing themselves."""
