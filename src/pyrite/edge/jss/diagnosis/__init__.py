"""What a caller, or whoever runs the service, may ask: what is known of a contact, and why nothing is there."""
