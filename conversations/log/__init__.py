"""The log of messages (S1-02 to S1-22): everything that was sent or is to be sent, newest first, narrowed and exported."""
