package io.promdisco.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Treats answers as the Prometheus receiver 0.165.1 does: it uses the body of {@code
 * /scrape_configs} whatever the status, but targets only with status 200.
 */
final class ScriptedCollector {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String id;
  private final Map<String, Set<String>> jobs = new TreeMap<>();

  ScriptedCollector(String id) {
    this.id = id;
  }

  /** The addresses that it scrapes, for each job. */
  Set<String> targets(String job) {
    return jobs.getOrDefault(job, Set.of());
  }

  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /** Polls the jobs and the targets of each once. */
  void poll(String url) throws InterruptedException {
    attempt(() -> readJobs(url));
    for (String job : List.copyOf(jobs.keySet())) {
      attempt(() -> readTargets(url, job));
    }
  }

  private static void attempt(Step step) throws InterruptedException {
    try {
      step.run();
    } catch (IOException e) {
      // Keeps the targets it has.
    }
  }

  private void readJobs(String url) throws IOException, InterruptedException {
    JsonNode configs = JSON.readTree(get(url + "/scrape_configs").body());
    if (configs == null || configs.isMissingNode()) {
      jobs.clear(); // An empty body means no jobs.
    } else if (configs.isObject()) {
      Set<String> names = new TreeSet<>();
      configs.fieldNames().forEachRemaining(names::add);
      jobs.keySet().retainAll(names);
      names.forEach(name -> jobs.putIfAbsent(name, Set.of()));
    }
  }

  private void readTargets(String url, String job) throws IOException, InterruptedException {
    String name = URLEncoder.encode(job, StandardCharsets.UTF_8);
    HttpResponse<String> answer = get(url + "/jobs/" + name + "/targets?collector_id=" + id);
    if (answer.statusCode() == 200) {
      Set<String> addresses = new TreeSet<>();
      for (JsonNode group : JSON.readTree(answer.body())) {
        group.get("targets").forEach(address -> addresses.add(address.asText()));
      }
      jobs.put(job, addresses);
    }
  }

  private HttpResponse<String> get(String url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(Duration.ofSeconds(20))
            .header("X-Prometheus-Refresh-Interval-Seconds", "10")
            .header("User-Agent", "Prometheus/")
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
