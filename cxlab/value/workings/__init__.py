"""What the questions about worth share: models of buying and of spend, and what they expect."""
