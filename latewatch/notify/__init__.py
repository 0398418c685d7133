"""What leaves the office by mail: the digest as a message, and the ways to deliver it."""
