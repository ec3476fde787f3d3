"""Between nights: events turned into fresh profiles, and answers on demand."""
