package io.promdisco.providers.kubernetes.client.decode;

/**
 * Creates the decoders of one client. They store repeated values only once. Safe for all threads.
 */
public final class Decoders {
  private final SharedValues shared = new SharedValues();

  /** Returns a decoder of {@code application/vnd.kubernetes.protobuf}. */
  public Decoder protobuf() {
    return new ProtobufDecoder(shared);
  }

  /** Returns a decoder of {@code application/json}. */
  public Decoder json() {
    return new JsonDecoder(shared);
  }
}
