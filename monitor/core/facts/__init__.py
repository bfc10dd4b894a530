"""What is known of an attack: when, with what, who was hurt, who claims it, as the sentences that tell it say."""
