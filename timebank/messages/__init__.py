"""What members write to each other, without showing an address or a phone number."""
