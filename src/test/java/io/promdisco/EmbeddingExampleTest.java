package io.promdisco;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the examples of docs/embedding.md as they are written. */
class EmbeddingExampleTest {
  private static final Path DOCUMENT = Path.of("docs/embedding.md");
  private static final int TARGETS = 10_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void theDocumentedExampleCompilesAndPrintsItsTargets() throws Exception {
    compile("example", "Example", 30);
    Path config =
        Files.writeString(
            folder.resolve("p.yml"),
            "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]\n");
    assertThat(run("Example", config.toString())).contains("+ http://h:1/metrics", "a: 1 active");
  }

  @Test
  @Timeout(300)
  void theDocumentedExamplePrintsAllOfManyTargetsEveryTime() throws Exception {
    compile("example", "Example", 30);
    Path config =
        Files.writeString(
            folder.resolve("p.yml"),
            "scrape_configs:\n"
                + "- {job_name: static, static_configs: [{targets: ["
                + addresses("s", "'", "'")
                + "]}]}\n"
                + "- {job_name: files, file_sd_configs: [{files: [targets.json]}]}\n");
    Files.writeString(
        folder.resolve("targets.json"), "[{\"targets\": [" + addresses("f", "\"", "\"") + "]}]");
    for (int i = 0; i < 20; i++) {
      String out = run("Example", config.toString());
      assertThat(out.lines().filter(line -> line.startsWith("+ ")).distinct().count())
          .as("run %d", i)
          .isEqualTo(2 * TARGETS);
      assertThat(out).contains("static: 10000 active", "files: 10000 active");
    }
  }

  @Test
  void theDocumentedConfigurationInCodeCompiles() throws Exception {
    String program =
        """
        import io.promdisco.Promdisco;
        import io.promdisco.config.*;
        import io.promdisco.config.KubernetesSdConfig.Role;
        import io.promdisco.relabel.RelabelRule;
        import java.time.Duration;
        import java.util.List;
        public class InCode {
          public static void main(String[] args) throws Exception {
            try (Promdisco promdisco = Promdisco.builder().build()) {
        %s
              System.out.println(promdisco.pools().get(0).job());
            }
          }
        }
        """
            .formatted(code("code"));
    compile("InCode", program);
    assertThat(run("InCode")).isEqualTo("web\n");
  }

  /** Returns the run-time dependencies of the library in the POM. */
  @Test
  void everyDependencyIsDocumented() throws Exception {
    String document = Files.readString(DOCUMENT);
    String pom = Files.readString(Path.of("pom.xml"));
    String own = pom.substring(pom.indexOf("<dependencies>"), pom.indexOf("</dependencies>"));
    List<String> needed =
        Pattern.compile("<dependency>(.*?)</dependency>", Pattern.DOTALL)
            .matcher(own)
            .results()
            .map(dependency -> dependency.group(1).replaceAll("(?s)<exclusions>.*", ""))
            .filter(text -> !text.contains("<optional>") && !text.contains("<scope>"))
            .map(text -> text.replaceAll("(?s).*<artifactId>(.*)</artifactId>.*", "$1"))
            .toList();
    assertThat(needed)
        .contains("guava")
        .allSatisfy(artifact -> assertThat(document).containsPattern("[:`]" + artifact + "`"));
  }

  private static String addresses(String host, String before, String after) {
    return IntStream.range(0, TARGETS)
        .mapToObj(i -> before + host + i + ":1" + after)
        .collect(Collectors.joining(","));
  }

  @Test
  void theDocumentedAgentScrapesAsTheConfigurationSays() throws Exception {
    compile("agent", "Agent", 60);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpContext context =
        server.createContext(
            "/stats",
            exchange -> {
              boolean asked =
                  "a".equals(exchange.getRequestHeaders().getFirst("X-Tenant"))
                      && "module=x".equals(exchange.getRequestURI().getQuery());
              byte[] body = "# TYPE up gauge\nup 1\nup{a=\"b\"} 2\n".getBytes(UTF_8);
              exchange.sendResponseHeaders(asked ? 200 : 400, body.length);
              exchange.getResponseBody().write(body);
              exchange.close();
            });
    context.setAuthenticator(
        new BasicAuthenticator("metrics") {
          @Override
          public boolean checkCredentials(String user, String password) {
            return user.equals("me") && password.equals("pw");
          }
        });
    server.start();
    try {
      Files.writeString(folder.resolve("password"), "pw\n");
      String job =
          "metrics_path: /stats, params: {module: [x]}, http_headers: {X-Tenant: {values: [a]}},"
              + " scrape_timeout: 5s, basic_auth: {username: me, password_file: password},"
              + " static_configs: [{targets: ['127.0.0.1:"
              + server.getAddress().getPort()
              + "']}]";
      Path config =
          Files.writeString(
              folder.resolve("agent.yml"),
              "scrape_configs:\n"
                  + ("- {job_name: good, " + job + "}\n")
                  + ("- {job_name: limited, sample_limit: 1, " + job + "}\n")
                  + ("- {job_name: short, body_size_limit: 10B, " + job + "}\n")
                  + "- {job_name: full, target_limit: 1, static_configs: [{targets: [a:1, b:1]}]}\n"
                  + "- {job_name: shut, static_configs: [{targets: ['127.0.0.1:1']}]}\n");
      String out = run("Agent", config.toString(), "1");
      assertThat(out)
          .containsPattern("job=good}: 200, 2 samples\n")
          .containsPattern("job=limited}: 200, more samples than sample_limit\n")
          .containsPattern("job=short}: .*body_size_limit, 10 bytes")
          .contains("full: more than 1 targets\n")
          .containsPattern("job=shut}: cannot connect to ");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void theDocumentedServerServesWithAPassword() throws Exception {
    compile("serve", "Serve", 30);
    Path config =
        Files.writeString(
            folder.resolve("p.yml"),
            "scrape_configs: [{job_name: a, static_configs: [{targets: ['h:1']}]}]\n");
    String hash = BCrypt.withDefaults().hashToString(4, "pw".toCharArray());
    Path web =
        Files.writeString(folder.resolve("web.yml"), "basic_auth_users: {anna: " + hash + "}\n");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    List<Integer> codes = new ArrayList<>();
    InputStream before = System.in;
    System.setIn(
        new InputStream() {
          @Override
          public int read() throws IOException { // The program serves while this waits.
            codes.add(status(port, ""));
            codes.add(status(port, "Basic YW5uYTpwdw=="));
            return -1;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return read();
          }
        });
    try {
      String out = run("Serve", config.toString(), web.toString(), Integer.toString(port));
      assertThat(out).isEqualTo("listens on http://127.0.0.1:" + port + "\n");
    } finally {
      System.setIn(before);
    }
    assertThat(codes).containsExactly(401, 200);
  }

  private static int status(int port, String authorization) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + port + "/-/healthy").toURL().openConnection();
    connection.setRequestProperty("Authorization", authorization);
    return connection.getResponseCode();
  }

  /** Extracts the program from the document and compiles it into the folder. */
  private void compile(String mark, String name, int lines) throws Exception {
    String code = code(mark);
    assertThat(code.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(lines);
    compile(name, code);
  }

  private static String code(String mark) throws IOException {
    String document = Files.readString(DOCUMENT);
    String fence = "<!-- " + mark + " -->\n```java\n";
    assertThat(document).contains(fence);
    int start = document.indexOf(fence) + fence.length();
    return document.substring(start, document.indexOf("```", start));
  }

  private void compile(String name, String code) throws IOException {
    Path source = Files.writeString(folder.resolve(name + ".java"), code);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    List<String> options =
        List.of(
            "-d",
            folder.toString(),
            "-proc:none",
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());
    assertThat(compiler.run(null, null, null, options.toArray(String[]::new))).isZero();
  }

  /** Runs a compiled program and returns its output. */
  private String run(String name, String... arguments) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } finally {
      System.setOut(before);
    }
    return out.toString(UTF_8);
  }
}
