package io.promdisco.cli.source;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Iterables;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.TargetRow;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.discovery.JobStatus;
import io.promdisco.explain.AssignedCollectors;
import io.promdisco.http.BodyReader;
import io.promdisco.http.Exchange;
import io.promdisco.http.Request;
import io.promdisco.http.Sender;
import io.promdisco.http.ServerSettings;
import io.promdisco.model.Labels;
import io.promdisco.util.ExceptionCauses;
import io.promdisco.util.SystemTicker;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the targets and the configuration of a running {@code promdisco serve} or Prometheus. */
public final class TargetsApiClient {
  private final String option;

  /** The maximum size of a document. */
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxDocumentLength(Runtime.getRuntime().maxMemory() / 8)
                      .build())
              .build());

  /** So that a URL does not become too long. */
  private static final int ADDRESSES_AT_ONCE = 20;

  private final URI base;
  private final Duration timeout;

  /**
   * Creates a client of one server.
   *
   * @param option the option that named it, for messages
   * @param url for example {@code http://127.0.0.1:9099}; may contain user and password, which are
   *     never shown
   * @param timeout the timeout of each complete answer
   * @throws CommandException if it is not the URL of a server
   */
  public TargetsApiClient(String option, String url, Duration timeout) {
    this.option = option;
    URI parsed;
    try {
      parsed = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    } catch (IllegalArgumentException e) {
      throw unusable(url);
    }
    if (parsed.getHost() == null
        || !("http".equals(parsed.getScheme()) || "https".equals(parsed.getScheme()))) {
      throw unusable(parsed.getRawUserInfo() == null ? url : "<with credentials>");
    }
    this.base = parsed;
    this.timeout = timeout;
  }

  private CommandException unusable(String url) {
    return CommandException.usage(
        option
            + ": "
            + (url.indexOf('@') >= 0 ? "<with credentials>" : url)
            + " (expected: the URL of a running promdisco serve or Prometheus, for example"
            + " http://127.0.0.1:9099)");
  }

  /** The server, without credentials. */
  public String server() {
    String port = base.getPort() < 0 ? "" : ":" + base.getPort();
    String path = base.getRawPath() == null ? "" : base.getRawPath();
    return base.getScheme() + "://" + base.getHost() + port + path;
  }

  /**
   * The answer of a server.
   *
   * @param targets the targets, active ones first
   * @param incomplete a line for each wanted job that the server reports as incomplete
   */
  public record TargetsAnswer(List<TargetRow> targets, List<String> incomplete) {}

  /**
   * Returns all targets that the server shows.
   *
   * @param wanted the jobs that must be complete; empty for all
   * @throws CommandException if it cannot be reached or its answer is invalid
   */
  public TargetsAnswer targets(Collection<String> wanted) {
    JsonNode document = get("/api/v1/targets?state=any");
    JsonNode data = document.path("data");
    List<TargetRow> targets = new ArrayList<>();
    data.path("activeTargets").forEach(node -> targets.add(row(node, true)));
    data.path("droppedTargets").forEach(node -> targets.add(row(node, false)));
    return new TargetsAnswer(targets, incomplete(document.path("warnings"), wanted));
  }

  private List<String> incomplete(JsonNode warnings, Collection<String> wanted) {
    List<String> lines = new ArrayList<>();
    for (JsonNode node : warnings) {
      String warning = node.asText();
      boolean isWanted =
          wanted.isEmpty()
              ? warning.startsWith(JobStatus.INCOMPLETE)
              : wanted.stream().anyMatch(job -> JobStatus.isIncomplete(warning, job));
      if (isWanted) {
        lines.add(server() + ": " + warning);
      }
    }
    return lines;
  }

  /** Returns the configuration in force, as YAML, with secrets hidden. */
  public String config() {
    return get("/api/v1/status/config").path("data").path("yaml").asText();
  }

  /**
   * Which collectors scrape the targets of a job, by the ids of the targets.
   *
   * @param addresses of the targets, before relabelling
   * @return nothing if the server is no target allocator
   * @throws CommandException if it does not know, or cannot be reached
   */
  public Optional<Map<String, AssignedCollectors>> collectors(
      String job, Collection<String> addresses) {
    Map<String, AssignedCollectors> all = new HashMap<>();
    for (List<String> some : Iterables.partition(addresses, ADDRESSES_AT_ONCE)) {
      StringBuilder path = new StringBuilder("/api/v1/allocation?job=" + encoded(job));
      some.forEach(address -> path.append("&address=").append(encoded(address)));
      Optional<JsonNode> answer = ask(path.toString(), true);
      if (answer.isEmpty()) {
        return Optional.empty();
      }
      all.putAll(collectors(answer.get()));
    }
    return Optional.of(all);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Map<String, AssignedCollectors> collectors(JsonNode document) {
    Map<String, AssignedCollectors> collectors = new HashMap<>();
    for (JsonNode target : document.at("/data/targets")) {
      List<String> names = new ArrayList<>();
      target.path("collectors").forEach(name -> names.add(name.asText()));
      collectors.put(
          target.path("id").asText(),
          new AssignedCollectors(names, target.path("reason").asText()));
    }
    return collectors;
  }

  private static TargetRow row(JsonNode node, boolean active) {
    return new TargetRow(
        node.path("scrapePool").asText(),
        active,
        node.path("scrapeUrl").asText(),
        labels(node.path("labels")),
        labels(node.path("discoveredLabels")),
        node.path("scrapeInterval").asText(),
        node.path("scrapeTimeout").asText());
  }

  private static Labels labels(JsonNode node) {
    Map<String, String> labels = new LinkedHashMap<>();
    node.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return Labels.of(labels);
  }

  private JsonNode get(String path) {
    return ask(path, false).orElseThrow();
  }

  /** An answer; nothing if the server has no such path, which it need not have. */
  private Optional<JsonNode> ask(String path, boolean optional) {
    HttpClientConfig http = HttpClientConfig.builder().followRedirects(false).build();
    try (SystemTicker ticker = new SystemTicker();
        Sender sender =
            new Sender(
                ServerSettings.of(base.toString(), option, http, System.getenv(), ticker),
                ticker)) {
      return read(sender, path, optional);
    } catch (IOException e) {
      throw unreachable("cannot be read: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable("was not read completely");
    } catch (OutOfMemoryError e) {
      throw CommandException.unreachable(
          option
              + ": the answer of "
              + server()
              + " needs more memory than is available (expected: a shorter answer, or a larger"
              + " heap: -Xmx)");
    }
  }

  private Optional<JsonNode> read(Sender sender, String path, boolean optional)
      throws IOException, InterruptedException {
    Request request =
        Request.within(timeout, URI.create(server() + path), Map.of("Accept", "application/json"));
    try (Exchange exchange = sender.send(request)) {
      if (optional && exchange.code() == 404) {
        return Optional.empty();
      }
      if (exchange.code() != 200) {
        throw unreachable("answers " + path + " with status " + exchange.code());
      }
      JsonNode document = MAPPER.readTree(exchange.reader().stream());
      if (!"success".equals(document.path("status").asText())) {
        throw unreachable("does not answer " + path + " as Prometheus does");
      }
      return Optional.of(document);
    } catch (InterruptedIOException e) {
      throw BodyReader.interrupted(e);
    } catch (JacksonException e) {
      throw new IOException(
          "its answer is not JSON: " + ExceptionCauses.ofJson(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw sender.hide(e);
    }
  }

  private CommandException unreachable(String what) {
    return CommandException.unreachable(
        option
            + ": "
            + server()
            + " "
            + what
            + " (expected: a running promdisco serve or Prometheus)");
  }
}
