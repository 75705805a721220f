package io.promdisco.server;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer that shows the configuration. It is made once and shared by all clients. */
final class ConfigDocument {
  @GuardedBy("this")
  private Map<String, Object> config = Map.of();

  @GuardedBy("this")
  private SoftReference<byte @Nullable []> document = new SoftReference<>(null);

  synchronized byte[] of(Map<String, Object> asked) throws IOException {
    byte[] known = document.get();
    if (known != null && config == asked) {
      return known;
    }
    byte[] made = ApiDocuments.config(asked);
    config = asked;
    document = new SoftReference<>(made);
    return made;
  }
}
