package io.promdisco.providers.kubernetes.client.kubeconfig;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.promdisco.http.Credentials.Text;
import io.promdisco.http.ServerSettings;
import io.promdisco.testing.Certificates;
import io.promdisco.testing.ManualTicker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reads the kubeconfigs of {@code kubeconfig/cases.txt}. A case has a name, a kubeconfig and its
 * outcome: the server with the headers of a request and with what TLS uses, or {@code refused:} and
 * the message after the file's path (a message that ends with a colon: its beginning). {@code BASE}
 * and {@code CONTEXT} are lines that most cases have; {@code CA}, {@code CERT}, {@code KEY} and
 * {@code JWT} are data.
 *
 * <p>The outcomes are those of client-go 0.36.3: a program loaded each case with {@code clientcmd},
 * made the transport of the {@code rest.Config} and listed pods through it. Where it reported an
 * error, the outcome is a refusal with our own message. In four cases promdisco is stricter than
 * {@code ClientConfig}. A context without a user, or with an unknown one, is anonymous there;
 * {@code clientcmd.ConfirmUsable} refuses it, kubectl asks for a user name, and promdisco refuses
 * it. A client key that cannot be read is noticed by client-go only at the first handshake.
 */
class KubeconfigTest {
  private static final String CONTEXT =
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n";
  private static final String BASE =
      CONTEXT + "clusters: [{name: k, cluster: {server: \"https://127.0.0.1:1\"}}]\n";
  private static final String JWT =
      base64("{\"alg\":\"none\"}") + "." + base64("{\"exp\":4000000000}") + ".c2ln";

  @TempDir static Path folder;
  private static Certificates certificates;

  /** A kubeconfig and the expected outcome. */
  record Case(String name, String text, String outcome) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  @BeforeAll
  static void writeFiles() throws Exception {
    certificates = Certificates.make("EC", "ip:127.0.0.1");
    Files.writeString(folder.resolve("ca.crt"), certificates.authority());
    Files.writeString(folder.resolve("me.crt"), certificates.certificate());
    Files.writeString(folder.resolve("me.key"), certificates.key());
    Files.writeString(folder.resolve("token"), "from-file\n");
    Files.writeString(folder.resolve("empty"), "");
    Files.createDirectory(folder.resolve("sub"));
    plugin("plugin", "v1", "\"token\": \"from-plugin\"");
    plugin("plugin-beta", "v1beta1", "\"token\": \"from-beta\"");
    plugin(
        "plugin-cert",
        "v1",
        "\"clientCertificateData\": \""
            + certificates.certificate().replace("\n", "\\n")
            + "\", \"clientKeyData\": \""
            + certificates.key().replace("\n", "\\n")
            + "\"");
  }

  private static void plugin(String name, String version, String status) throws IOException {
    String json =
        "{\"kind\": \"ExecCredential\", \"apiVersion\": \"client.authentication.k8s.io/"
            + version
            + "\", \"status\": {"
            + status
            + "}}";
    Path output = Files.writeString(folder.resolve(name + ".json"), json);
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\ncat '" + output + "'\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  static Stream<Case> cases() throws IOException {
    String all;
    try (InputStream in = KubeconfigTest.class.getResourceAsStream("/kubeconfig/cases.txt")) {
      all = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
    List<Case> cases = new ArrayList<>();
    for (String part : all.split("\n== ", -1)) {
      int arrow = part.lastIndexOf("\n-> ");
      if (arrow >= 0) {
        int line = part.indexOf('\n');
        String text = line < arrow ? part.substring(line + 1, arrow) + "\n" : "";
        cases.add(
            new Case(part.substring(0, line), text, part.substring(arrow + 4).split("\n")[0]));
      }
    }
    return cases.stream();
  }

  @Test
  void thereAreManyCases() throws IOException {
    assertThat(cases()).hasSizeGreaterThan(120);
  }

  private static String data(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hasTheSameOutcomeAsClientGo(Case tried) throws Exception {
    String text =
        ("\n" + tried.text())
            .replace("\nBASE\n", "\n" + BASE)
            .replace("\nCONTEXT\n", "\n" + CONTEXT)
            .replace("-data: CA", "-data: " + data(certificates.authority()))
            .replace("-data: CERT", "-data: " + data(certificates.certificate()))
            .replace("-data: KEY", "-data: " + data(certificates.key()))
            .replace(": JWT", ": " + JWT);
    Path file = Files.writeString(folder.resolve("config"), text.substring(1));
    String outcome = outcome(file);
    if (tried.outcome().endsWith(": ")) {
      assertThat(outcome).startsWith(tried.outcome());
    } else {
      assertThat(outcome).isEqualTo(tried.outcome());
    }
  }

  /** As in client-go, whose YAML reader looks at the byte order mark. */
  @Test
  void isReadInUtf8AndInUtf16() throws Exception {
    Path file = folder.resolve("encoded");
    String text = "\uFEFF" + BASE + "users: [{name: u, user: {token: abc}}]\n";
    String json = "\uFEFF{\"users\": [{\"name\": \"u\", \"user\": {\"token\": 1}}]}";
    for (Charset charset : List.of(UTF_8, UTF_16BE, UTF_16LE)) {
      Files.write(file, text.getBytes(charset));
      assertThat(outcome(file)).isEqualTo("https://127.0.0.1:1 authorization=Bearer abc");
      Files.write(file, json.getBytes(charset));
      assertThat(outcome(file)).startsWith("refused: user \"u\": token: a number");
    }
    Files.write(file, text.replace("abc", "ü").getBytes(ISO_8859_1));
    assertThat(outcome(file)).isEqualTo("refused: not a text in UTF-8");
  }

  private static String outcome(Path file) throws InterruptedException {
    try {
      return describe(
          Kubeconfig.read(KubeconfigSource.of(file, "")).settings(new ManualTicker(), Map.of()));
    } catch (IOException e) {
      return "refused: "
          + String.valueOf(e.getMessage())
              .replace("kubeconfig " + file + ": ", "")
              .replace(folder.toString(), "FOLDER");
    }
  }

  private static String describe(ServerSettings settings) throws IOException, InterruptedException {
    Map<String, List<String>> headers = new TreeMap<>();
    String authorization = settings.credentials().header();
    if (authorization != null) {
      headers.put("authorization", List.of(authorization.replace(JWT, "JWT")));
    }
    for (Map.Entry<String, List<Text>> header : settings.headers().entrySet()) {
      List<String> values = new ArrayList<>();
      for (Text value : header.getValue()) {
        values.add(value.read());
      }
      headers.put(header.getKey().toLowerCase(Locale.ROOT), values);
    }
    List<String> parts = new ArrayList<>();
    headers.forEach((name, values) -> values.forEach(value -> parts.add(name + "=" + value)));
    if (!settings.tls().authorities().isEmpty()) {
      parts.add("ca");
    }
    if (settings.tls().client().get() != null) {
      parts.add("certificate");
    }
    if (settings.tls().insecure()) {
      parts.add("insecure");
    }
    if (!settings.tls().serverName().isEmpty()) {
      parts.add("name=" + settings.tls().serverName());
    }
    return (settings.server() + " " + String.join("; ", parts)).strip();
  }
}
