"""The jobs of apology letters, from the draft to the proof of delivery."""
