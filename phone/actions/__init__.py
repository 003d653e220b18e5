"""What the phones' door writes of its own, and how it hands an envelope to the verb it is for."""
