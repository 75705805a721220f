package io.promdisco.sim;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Chooses the encoding that a client prefers. Immutable. */
final class ContentNegotiation {
  private final Codec json = new Codec.AsJson();
  private final Codec protobuf = new Codec.AsProtobuf(new ProtobufEncoder());
  private final boolean speaksProtobuf;

  ContentNegotiation(boolean speaksProtobuf) {
    this.speaksProtobuf = speaksProtobuf;
  }

  Codec json() {
    return json;
  }

  /** Returns the codec for an {@code Accept} header, or throws 406. */
  Codec choose(String accept) {
    if (accept.isBlank()) {
      return json;
    }
    Codec best = null;
    double bestQuality = 0;
    for (String range : accept.split(",")) {
      String[] parts = range.toLowerCase(Locale.ROOT).split(";");
      double quality = quality(parts);
      Codec codec = codec(parts);
      if (codec != null && quality > bestQuality) {
        best = codec;
        bestQuality = quality;
      }
    }
    if (best == null) {
      throw StatusException.of(
          406,
          "only the following media types are accepted: application/json"
              + (speaksProtobuf ? ", application/vnd.kubernetes.protobuf" : ""));
    }
    return best;
  }

  private @Nullable Codec codec(String[] parts) {
    for (String part : parts) {
      if (part.strip().startsWith("as=")) {
        return null;
      }
    }
    return switch (parts[0].strip()) {
      case "application/json", "application/*", "*/*" -> json;
      case "application/vnd.kubernetes.protobuf" -> speaksProtobuf ? protobuf : null;
      default -> null;
    };
  }

  private static double quality(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String part = parts[i].strip();
      if (part.startsWith("q=")) {
        try {
          return Double.parseDouble(part.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
