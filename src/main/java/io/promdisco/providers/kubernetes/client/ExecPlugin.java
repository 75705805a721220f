package io.promdisco.providers.kubernetes.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.promdisco.http.ClientKey;
import io.promdisco.http.Credentials;
import io.promdisco.util.NamedThreads;
import io.promdisco.util.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Credentials that a program gives: a credential plugin of a kubeconfig
 * (client.authentication.k8s.io). What it gave is kept until it expires or the server refuses it.
 * Safe for all threads; one at a time runs the program.
 */
final class ExecPlugin implements Credentials {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int LARGEST = 1 << 20;

  private record Credential(
      @Nullable String header, @Nullable ClientKey client, @Nullable Instant expires) {
    /** Without the token. */
    @Override
    public String toString() {
      return "Credential[client=" + client + ", expires=" + expires + "]";
    }
  }

  /**
   * What to run.
   *
   * @param apiVersion of the credential
   * @param command with its arguments
   * @param env additional environment
   * @param cluster told to the program, if it wants to know; null: not told
   * @param installHint what to tell people if the program is not there; may be empty
   */
  record Command(
      String apiVersion,
      List<String> command,
      Map<String, String> env,
      @Nullable JsonNode cluster,
      String installHint) {
    /** Without arguments and environment, in which secrets may stand. */
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

  /** The client certificate that came with the last credential, or null. */
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

  private byte[] run() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command.command);
    builder.environment().putAll(command.env);
    builder.environment().put("KUBERNETES_EXEC_INFO", info());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      String hint = command.installHint.isEmpty() ? "" : " (" + command.installHint + ")";
      throw new IOException(name() + ": cannot be run" + hint, e);
    }
    Ticker.Alarm alarm = ticker.schedule(PATIENCE, process::destroyForcibly);
    try {
      process.getOutputStream().close();
      CompletableFuture<byte[]> out = read(process.getInputStream());
      CompletableFuture<byte[]> err = read(process.getErrorStream());
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(name() + ": exit code " + code + firstLine(err.join()));
      }
      return out.join();
    } finally {
      alarm.cancel();
      process.destroyForcibly();
    }
  }

  private static String firstLine(byte[] output) {
    String text = new String(output, UTF_8).strip();
    int end = text.indexOf('\n');
    String line = end < 0 ? text : text.substring(0, end);
    return line.isEmpty() ? "" : ": " + line.substring(0, Math.min(line.length(), 200));
  }

  private static CompletableFuture<byte[]> read(InputStream stream) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    NamedThreads.start(
        "sd-exec",
        () -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          byte[] buffer = new byte[8192];
          try (stream) {
            for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
              bytes.write(buffer, 0, Math.min(n, LARGEST - bytes.size()));
            }
          } catch (IOException e) {
            result.complete(bytes.toByteArray()); // The program was ended.
            return;
          }
          result.complete(bytes.toByteArray());
        });
    return result;
  }

  private String info() {
    ObjectNode info = MAPPER.createObjectNode();
    info.put("kind", "ExecCredential").put("apiVersion", command.apiVersion);
    ObjectNode spec = info.putObject("spec");
    spec.put("interactive", false);
    if (command.cluster != null) {
      spec.set("cluster", command.cluster);
    }
    return info.toString();
  }

  private Credential parse(byte[] output) throws IOException {
    JsonNode answer;
    try {
      answer = MAPPER.readTree(output);
    } catch (JsonProcessingException e) {
      throw new IOException(name() + ": its output is not JSON (expected an ExecCredential)");
    }
    String version = answer.path("apiVersion").asText("");
    if (!version.equals(command.apiVersion)) {
      throw new IOException(
          name() + ": apiVersion: " + version + " (expected " + command.apiVersion + ")");
    }
    JsonNode status = answer.path("status");
    String token = status.path("token").asText("");
    String cert = status.path("clientCertificateData").asText("");
    String key = status.path("clientKeyData").asText("");
    if (token.isEmpty() && cert.isEmpty()) {
      throw new IOException(name() + ": status: neither token nor clientCertificateData");
    }
    ClientKey pair =
        cert.isEmpty()
            ? null
            : ClientKey.of(
                key, name() + ": clientKeyData", cert, name() + ": clientCertificateData");
    return new Credential(
        token.isEmpty() ? null : "Bearer " + token,
        pair,
        expiry(status.path("expirationTimestamp").asText("")));
  }

  private @Nullable Instant expiry(String text) throws IOException {
    if (text.isEmpty()) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IOException(
          name() + ": expirationTimestamp: " + text + " (expected a time as in RFC 3339)", e);
    }
  }
}
