package io.promdisco.docs;

import static io.promdisco.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.promdisco.Promdisco;
import io.promdisco.metrics.PrometheusMetrics;
import io.promdisco.server.PromdiscoServer;
import io.prometheus.client.CollectorRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Compares the answers in docs/http-api.md with a server that runs docs/examples/serve.yml. With
 * {@code -Dpromdisco.docs.update=true}, it updates them. Times and the ids of events are replaced
 * by fixed ones.
 */
@Timeout(60)
class HttpApiReferenceTest {
  private static final Path PAGE = Path.of("docs/http-api.md");
  private static final Path CONFIGURATION = Path.of("docs/examples/serve.yml");
  private static final Path OPENAPI =
      Path.of("src/main/resources/io/promdisco/server/openapi.yaml");

  /** A request and its answer, or a part of the answer: the first lines, or those with a word. */
  private static final Pattern ANSWER =
      Pattern.compile(
          """
          <!-- answer: ([A-Z]+) (\\S+?)(?:, (?:(\\d+) lines|lines with (\\S+)))? -->
          ```http
          (.*?)```
          """,
          Pattern.DOTALL);

  private static final Pattern PATH = Pattern.compile("^  (/\\S*):$", Pattern.MULTILINE);
  private static final Pattern TIME =
      Pattern.compile("(?!0001)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z");
  private static final Pattern EVENT_ID = Pattern.compile("id: [0-9a-f]+-[0-9]+");
  private static final DefaultPrettyPrinter INDENTED =
      new DefaultPrettyPrinter().withArrayIndenter(new DefaultIndenter("  ", "\n"));

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void answersAreThoseOfARunningServer() throws Exception {
    PrometheusMetrics metrics = new PrometheusMetrics(new CollectorRegistry());
    PromdiscoServer.Builder builder =
        PromdiscoServer.builder().configFile(CONFIGURATION).metrics(metrics).listen("127.0.0.1", 0);
    try (Promdisco promdisco = Promdisco.builder().metrics(metrics).build();
        PromdiscoServer server = builder.start(promdisco)) {
      eventually(
          () ->
              assertThat(promdisco.providers())
                  .allMatch(source -> source.synced() || !source.failures().isEmpty()));
      String written = Files.readString(PAGE);
      StringBuilder page = new StringBuilder();
      Matcher answer = ANSWER.matcher(written);
      while (answer.find()) {
        String block = answer.group().substring(0, answer.start(5) - answer.start());
        String text = answer(server.url(), answer.toMatchResult());
        answer.appendReplacement(page, Matcher.quoteReplacement(block + text + "```\n"));
      }
      answer.appendTail(page);
      if (Boolean.getBoolean("promdisco.docs.update")) {
        Files.writeString(PAGE, page);
      } else {
        assertThat(written).isEqualTo(page.toString());
      }
    }
  }

  /** The files of the page are internal. */
  @Test
  void everyPathHasAnAnswer() throws IOException {
    Set<String> paths =
        PATH.matcher(Files.readString(OPENAPI))
            .results()
            .map(path -> path.group(1).replace("{job}", "machines"))
            .collect(Collectors.toCollection(TreeSet::new));
    paths.remove("/page/{file}");
    Set<String> answered =
        ANSWER
            .matcher(Files.readString(PAGE))
            .results()
            .map(answer -> answer.group(2).split("\\?", 2)[0])
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(answered).containsAll(paths);
  }

  private String answer(String url, MatchResult asked) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + asked.group(2)))
            .method(asked.group(1), HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    StringBuilder text = new StringBuilder("HTTP/1.1 " + response.statusCode() + "\n");
    for (String header : List.of("Content-Type", "ETag", "Retry-After")) {
      response.headers().firstValue(header).ifPresent(v -> text.append(header + ": " + v + "\n"));
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    try (InputStream body = response.body()) {
      String content = body(type, body);
      text.append(content.isBlank() ? "" : "\n" + content);
    }
    String fixed = TIME.matcher(text).replaceAll("2026-11-21T15:40:00Z");
    fixed = EVENT_ID.matcher(fixed).replaceAll("id: 0197f3a2b4c1-2");
    if (asked.group(3) != null) {
      return first(fixed, Integer.parseInt(asked.group(3)));
    }
    return asked.group(4) == null ? fixed : matching(fixed, asked.group(4));
  }

  private static String body(String type, InputStream body) throws IOException {
    if (type.startsWith("text/event-stream")) {
      return events(body);
    }
    String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
    if (!type.startsWith("application/json")) {
      return text.endsWith("\n") ? text : text + "\n";
    }
    ObjectMapper mapper = new ObjectMapper();
    JsonNode document = mapper.readTree(text);
    for (JsonNode buckets : document.findValues("buckets")) {
      while (buckets.size() > 1) { // A minute has passed meanwhile.
        ((ArrayNode) buckets).remove(1);
      }
    }
    return mapper.writer(INDENTED).writeValueAsString(document) + "\n";
  }

  /** Returns the events up to the end of the initial targets. */
  private static String events(InputStream body) throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    StringBuilder events = new StringBuilder();
    boolean last = false;
    String line = reader.readLine();
    while (line != null && !(last && line.isEmpty())) {
      events.append(line).append('\n');
      last |= line.equals("event: synced");
      line = reader.readLine();
    }
    return events.toString();
  }

  /** The head, and the lines of the body that contain {@code part}. */
  private static String matching(String text, String part) {
    int body = text.indexOf("\n\n") + 2;
    return text.lines()
            .skip(text.substring(0, body).lines().count())
            .filter(line -> line.contains(part))
            .collect(Collectors.joining("\n", text.substring(0, body), "\n"))
        + "...\n";
  }

  private static String first(String text, int lines) {
    return text.lines().limit(lines).collect(Collectors.joining("\n")) + "\n...\n";
  }
}
