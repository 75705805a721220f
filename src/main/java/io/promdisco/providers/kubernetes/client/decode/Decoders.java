package io.promdisco.providers.kubernetes.client.decode;

/** Makes the decoders of one client, which hold repeated values once. Safe for all threads. */
public final class Decoders {
  private final SharedValues shared = new SharedValues();

  /** A decoder of {@code application/vnd.kubernetes.protobuf}. */
  public Decoder protobuf() {
    return new ProtobufDecoder(shared);
  }

  /** A decoder of {@code application/json}. */
  public Decoder json() {
    return new JsonDecoder(shared);
  }
}
