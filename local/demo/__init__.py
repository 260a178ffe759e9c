"""`make demo`: an attacker has taken over an account; watch it being taken back."""
