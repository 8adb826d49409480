"""Transfer learning the old way: pictures of recordings, a frozen network, a new last layer."""
