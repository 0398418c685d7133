"""What a record betrays: signs of tampering, each with its evidence, none of them a verdict. Pure."""
