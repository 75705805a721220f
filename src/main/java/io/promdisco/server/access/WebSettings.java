package io.promdisco.server.access;

import io.promdisco.Internal;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Secret;
import io.promdisco.config.WebConfig;
import io.promdisco.config.WebConfig.ClientAuth;
import io.promdisco.config.WebConfig.Tls;
import io.promdisco.config.load.WebConfigLoader;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.http.tls.Pem;
import io.promdisco.util.EscapingLogger;
import io.promdisco.util.SmallFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The settings of {@code --web.config.file}, with the certificates that it names. They are read
 * again on use if the last reading is more than a second ago. An error is logged once, and the
 * previous settings stay in force. Whether the server uses TLS is decided at the start.
 *
 * <p>Safe for all threads.
 *
 * @hidden
 */
@Internal
public final class WebSettings {
  private static final Logger log = EscapingLogger.of(WebSettings.class);
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  /** Plain HTTP without passwords. */
  public static final WebSettings OPEN = new WebSettings(null, () -> 0, State.OPEN);

  private final @Nullable Origin origin;
  private final LongSupplier nanos;
  private volatile State state;
  private volatile long looked;
  private List<String> seen = List.of();

  /**
   * The settings in force.
   *
   * @param config the file
   * @param key the server's certificate and key; null without TLS
   * @param authorities client CAs; empty for those that the machine trusts
   * @hidden
   */
  record State(WebConfig config, @Nullable ClientKey key, List<X509Certificate> authorities) {
    static final State OPEN = new State(WebConfig.OPEN, null, List.of());
  }

  /**
   * The origin of the settings.
   *
   * @param file the file, or the name of the settings in messages
   * @param fixed settings that are not from a file; only the certificates that they name are read
   */
  private record Origin(Path file, @Nullable WebConfig fixed) {
    Contents read() throws ConfigException, IOException {
      return fixed == null ? Contents.read(file) : Contents.of(fixed, "fixed");
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  private WebSettings(@Nullable Origin origin, LongSupplier nanos, State state) {
    this.origin = origin;
    this.nanos = nanos;
    this.state = state;
    this.looked = nanos.getAsLong();
  }

  /**
   * Reads a file and the certificates that it names.
   *
   * @throws ConfigException if the file has errors
   * @throws IOException if a file cannot be read or contains no certificate; the message is one
   *     line
   */
  public static WebSettings of(Path file) throws ConfigException, IOException {
    return of(file, System::nanoTime);
  }

  /** The same with a clock, in nanoseconds. */
  public static WebSettings of(Path file, LongSupplier nanos) throws ConfigException, IOException {
    return of(new Origin(file, null), nanos);
  }

  /**
   * Returns settings with TLS that are not from a file. The certificates that they name are read
   * now, and again when they change.
   *
   * @throws IOException if a file cannot be read or contains no certificate; the message is one
   *     line
   */
  public static WebSettings of(WebConfig config) throws IOException {
    try {
      return of(
          new Origin(Path.of(config.tls().orElseThrow().certFile()), config), System::nanoTime);
    } catch (ConfigException e) {
      throw new IOException(e);
    }
  }

  private static WebSettings of(Origin origin, LongSupplier nanos)
      throws ConfigException, IOException {
    WebSettings settings = new WebSettings(origin, nanos, State.OPEN);
    Contents contents = origin.read();
    settings.seen = contents.texts();
    settings.state = contents.state();
    return settings;
  }

  /** Whether the server uses TLS. */
  public boolean speaksTls() {
    return state.key() != null;
  }

  /** Whether clients need a password or a verified certificate. */
  public boolean requiresLogin() {
    WebConfig config = state.config();
    return !config.users().isEmpty()
        || config
            .tls()
            .filter(tls -> tls.clientAuth() == ClientAuth.REQUIRE_AND_VERIFY_CLIENT_CERT)
            .isPresent();
  }

  /** Returns the settings in force. */
  State current() {
    Origin from = origin;
    if (from != null && nanos.getAsLong() - looked >= LOOK_NANOS) {
      look(from);
    }
    return state;
  }

  private synchronized void look(Origin from) {
    if (nanos.getAsLong() - looked < LOOK_NANOS) {
      return; // another thread has just checked
    }
    try {
      Contents contents = from.read();
      if (!contents.texts().equals(seen)) {
        seen = contents.texts();
        take(from, contents);
      }
    } catch (IOException | ConfigException e) {
      if (!seen.equals(List.of(String.valueOf(e.getMessage())))) {
        seen = List.of(String.valueOf(e.getMessage()));
        refused(from, e);
      }
    } finally {
      looked = nanos.getAsLong();
    }
  }

  private void take(Origin from, Contents contents) {
    try {
      if (contents.texts().get(0).isBlank() && !state.equals(State.OPEN)) {
        // A program is probably writing the file; until it has finished, the passwords stay in
        // force.
        throw new IOException(from + ": empty (expected: {} to require no password)");
      }
      State now = contents.state();
      if ((now.key() == null) != (state.key() == null)) {
        throw new IOException(
            from
                + ": tls_server_config "
                + (now.key() == null ? "went" : "came")
                + " (expected: a restart)");
      }
      boolean requiredLogin = requiresLogin();
      state = now;
      if (requiredLogin && !requiresLogin()) {
        log.warn("{}: reloaded; passwords are no longer required", from);
      } else {
        log.info("{}: reloaded", from);
      }
    } catch (IOException e) {
      refused(from, e);
    }
  }

  private static void refused(Origin from, Exception e) {
    log.error("{}: the previous settings stay in force: {}", from, e.getMessage());
  }

  /** The contents of the files. */
  private record Contents(WebConfig config, List<String> texts) {
    static Contents read(Path file) throws ConfigException, IOException {
      String text = SmallFiles.read(file);
      return of(WebConfigLoader.read(file, text.getBytes(StandardCharsets.UTF_8)), text);
    }

    static Contents of(WebConfig config, String text) throws IOException {
      List<String> texts = new ArrayList<>();
      texts.add(text);
      Optional<Tls> tls = config.tls();
      if (tls.isPresent()) {
        texts.add(text(tls.get().certFile(), tls.get().cert(), "cert_file"));
        texts.add(text(tls.get().keyFile(), tls.get().key().reveal(), "key_file"));
        texts.add(text(tls.get().clientCaFile(), tls.get().clientCa(), "client_ca_file"));
      }
      return new Contents(config, texts);
    }

    private static String text(String named, String inline, String key) throws IOException {
      try {
        return named.isEmpty() ? inline : SmallFiles.read(Path.of(named));
      } catch (IOException e) {
        throw new IOException("tls_server_config." + key + ": " + e.getMessage(), e);
      }
    }

    State state() throws IOException {
      for (Map.Entry<String, Secret> user : config.users().entrySet()) {
        String cost = PasswordCheck.cost(user.getValue().reveal());
        if (Integer.parseInt(cost) > PasswordCheck.LARGEST_COST) {
          throw new IOException(
              "basic_auth_users: user \""
                  + user.getKey()
                  + "\": bcrypt cost "
                  + cost
                  + ", which takes minutes or more for each password (expected: at most "
                  + PasswordCheck.LARGEST_COST
                  + ", for example from htpasswd -nBC 10)");
        }
      }
      if (texts.size() == 1) {
        return new State(config, null, List.of());
      }
      ClientKey key =
          ClientKey.of(
              texts.get(2), "tls_server_config.key", texts.get(1), "tls_server_config.cert");
      String ca = texts.get(3);
      return new State(
          config,
          key,
          ca.isEmpty() ? List.of() : Pem.authorities(ca, "tls_server_config.client_ca"));
    }
  }
}
