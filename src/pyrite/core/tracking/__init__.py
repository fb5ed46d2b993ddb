"""What happens to events, consents, clicks and callbacks between the commands and the outbox."""
