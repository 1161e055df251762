"""What a chain map says when read: plain tables in, balances, gaps and a drawing out."""
