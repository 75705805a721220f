package io.promdisco.providers.kubernetes.client.kubeconfig;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.Credentials;
import io.promdisco.http.tls.ClientKey;
import io.promdisco.util.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Credentials from a credential plugin of a kubeconfig (client.authentication.k8s.io), a program
 * that prints them. They are used until they expire or the server rejects them. The program gets no
 * standard input, and has 60 seconds and 1 MiB of output. Safe for all threads; runs one program at
 * a time.
 */
final class ExecPlugin implements Credentials {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LARGEST = 1 << 20;

  /**
   * Matches messages of JDK 17 ({@code error=2, No such file}) and later ({@code error: 2 (No such
   * file)}).
   */
  private static final Pattern REASON = Pattern.compile("error(?:=[0-9]+, |: [0-9]+ \\()([^)]*)");

  private static final String KIND = "ExecCredential";
  private static final String CERT = "clientCertificateData";
  private static final String KEY = "clientKeyData";

  private record Credential(
      @Nullable String header, @Nullable ClientKey client, @Nullable Instant expires) {
    /** Leaves out the token. */
    @Override
    public String toString() {
      return "Credential[client=" + client + ", expires=" + expires + "]";
    }
  }

  /**
   * The program to run.
   *
   * @param apiVersion the API version of the credential
   * @param command the program and its arguments
   * @param env additional environment variables
   * @param cluster the description of the cluster for the program; null for none
   * @param installHint text for people who do not have the program; may be empty
   */
  record Command(
      String apiVersion,
      List<String> command,
      Map<String, String> env,
      @Nullable JsonNode cluster,
      String installHint) {
    /** Leaves out arguments and environment, which may contain secrets. */
    @Override
    public String toString() {
      return "Command[" + command.get(0) + "]";
    }
  }

  private final Command command;
  private final Ticker ticker;
  private final Lock lock = new ReentrantLock();

  @GuardedBy("lock")
  private @Nullable Credential current;

  private volatile @Nullable ClientKey client;

  ExecPlugin(Command command, Ticker ticker) {
    this.command = command;
    this.ticker = ticker;
  }

  @Override
  public @Nullable String header() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      Credential credential = current;
      if (credential == null
          || (credential.expires != null && !ticker.now().isBefore(credential.expires))) {
        credential = parse(run());
        current = credential;
        client = credential.client;
      }
      return credential.header;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the client certificate of the last credential, or null. */
  @Nullable ClientKey client() {
    return client;
  }

  @Override
  public void forget() {
    lock.lock();
    try {
      current = null;
    } finally {
      lock.unlock();
    }
  }

  private String name() {
    return "exec plugin " + command.command.get(0);
  }

  private String run() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command.command);
    builder.environment().putAll(command.env);
    builder.environment().put("KUBERNETES_EXEC_INFO", info());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      Matcher reason = REASON.matcher(String.valueOf(e.getMessage()));
      String why = reason.find() ? ": " + reason.group(1) : "";
      String hint = command.installHint.isEmpty() ? "" : " (" + command.installHint + ")";
      throw new IOException(name() + ": cannot be run" + why + hint, e);
    }
    PluginProcess.Result result;
    try {
      result = PluginProcess.run(process, PATIENCE, LARGEST, ticker);
    } catch (IOException e) {
      throw new IOException(name() + ": " + e.getMessage(), e);
    }
    if (result.code() != 0) {
      throw new IOException(name() + ": exit code " + result.code() + result.errors());
    }
    return result.output();
  }

  private String info() {
    ObjectNode info = MAPPER.createObjectNode();
    info.put("kind", KIND).put("apiVersion", command.apiVersion);
    ObjectNode spec = info.putObject("spec");
    spec.put("interactive", false);
    if (command.cluster != null) {
      spec.set("cluster", command.cluster);
    }
    return info.toString();
  }

  private Credential parse(String output) throws IOException {
    YamlMapping answer;
    try {
      answer = YamlMapping.parse(output, name() + ": its output", "an ExecCredential");
    } catch (IOException e) {
      throw new IOException(name() + ": its output is not an ExecCredential", e);
    }
    expect(answer, "apiVersion", command.apiVersion, "");
    expect(answer, "kind", KIND, KIND);
    YamlMapping status = answer.tree("status");
    String token = status.text("token");
    String cert = status.text(CERT);
    String key = status.text(KEY);
    if (token.isEmpty() && cert.isEmpty() && key.isEmpty()) {
      throw new IOException(name() + ": status: neither token nor " + CERT);
    }
    if (cert.isEmpty() != key.isEmpty()) {
      throw new IOException(
          name() + ": status: only one of " + CERT + " and " + KEY + " (expected: both)");
    }
    ClientKey pair =
        cert.isEmpty() ? null : ClientKey.of(key, name() + ": " + KEY, cert, name() + ": " + CERT);
    return new Credential(
        token.isEmpty() ? null : "Bearer " + token,
        pair,
        expiry(status.text("expirationTimestamp")));
  }

  private void expect(YamlMapping answer, String key, String expected, String usual)
      throws IOException {
    String found = answer.has(key) ? answer.text(key) : usual;
    if (!found.equals(expected)) {
      throw new IOException(
          name()
              + ": "
              + key
              + ": "
              + (found.isEmpty() ? "not set" : "another value") // The output is a secret.
              + " (expected: "
              + expected
              + ")");
    }
  }

  private @Nullable Instant expiry(String text) throws IOException {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IOException(
          name() + ": expirationTimestamp: not a time (expected: a time as in RFC 3339)");
    }
  }
}
