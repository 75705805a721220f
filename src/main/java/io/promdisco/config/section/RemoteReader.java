package io.promdisco.config.section;

import io.promdisco.config.HttpClientChecks;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.Urls;
import io.promdisco.config.yaml.Paths;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.Shown;
import io.promdisco.model.NameValidation;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code remote_write} and {@code remote_read}, which are checked and shown only. */
final class RemoteReader {
  private static final List<String> MESSAGES =
      List.of("prometheus.WriteRequest", "io.prometheus.write.v2.Request");
  private static final long DEFAULT_CHUNK = 50_000_000;

  private final Paths paths;
  private final NameValidation names;

  RemoteReader(Paths paths, NameValidation names) {
    this.paths = paths;
    this.names = names;
  }

  List<Map<String, Object>> writes(Section root) {
    List<Map<String, Object>> shown = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Section write :
        root.sections("remote_write", "empty or null remote write config section")) {
      unique(write, known, "write");
      shown.add(write(write));
      write.finish();
    }
    return shown;
  }

  List<Map<String, Object>> reads(Section root) {
    List<Map<String, Object>> shown = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Section read : root.sections("remote_read", "empty or null remote read config section")) {
      unique(read, known, "read");
      shown.add(read(read));
      read.finish();
    }
    return shown;
  }

  private static void unique(Section section, Set<String> known, String kind) {
    String name = section.string("name");
    if (!name.isEmpty() && !known.add(name)) {
      section.error(
          "name", "found multiple remote " + kind + " configs with job name \"" + name + "\"");
    }
  }

  private Map<String, Object> write(Section write) {
    Shown shown = new Shown().always("url", url(write, "remote_write"));
    shown
        .unlessZero("remote_timeout", write.duration("remote_timeout", Duration.ofSeconds(30)))
        .unlessZero("headers", headers(write))
        .unlessZero(
            "write_relabel_configs",
            RelabelReader.shown(
                RelabelReader.compile(
                    RelabelReader.read(
                        write,
                        "write_relabel_configs",
                        "empty or null relabeling rule in remote write config"),
                    names)))
        .unlessZero("name", write.string("name"))
        .unlessZero("send_exemplars", write.bool("send_exemplars", false))
        .unlessZero("send_native_histograms", write.bool("send_native_histograms", false))
        .unlessZero("round_robin_dns", write.bool("round_robin_dns", false));
    String message = write.string("protobuf_message", MESSAGES.get(0));
    if (!MESSAGES.contains(message)) {
      write.error(
          "protobuf_message",
          "invalid protobuf_message value: \""
              + message
              + "\" (expected: one of "
              + String.join(", ", MESSAGES)
              + ")");
    }
    HttpClientReader.Result http =
        HttpClientReader.read(write, paths, HttpClientReader.Owner.REMOTE_WRITE);
    shown
        .unlessZero("protobuf_message", message)
        .unlessZero("failed_request_logging", write.bool("failed_request_logging", false))
        .unlessZero("convert_nhcb_to_classic", write.bool("convert_nhcb_to_classic", false))
        .all(http.shown())
        .unlessZero("queue_config", queue(write))
        .unlessZero("metadata_config", metadata(write));
    List<String> logins = logins(http.config());
    new CloudLogins(write)
        .all()
        .forEach(
            (login, settings) -> {
              logins.add(login);
              shown.always(login, settings);
            });
    if (logins.size() > 1) {
      write.error(
          "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must be"
              + " configured. Currently configured: "
              + logins);
    }
    return shown.map();
  }

  private Map<String, Object> read(Section read) {
    return new Shown()
        .always("url", url(read, "remote_read"))
        .unlessZero("remote_timeout", read.duration("remote_timeout", Duration.ofMinutes(1)))
        .unlessZero(
            "chunked_read_limit",
            read.has("chunked_read_limit")
                ? read.unsigned("chunked_read_limit")
                : BigInteger.valueOf(DEFAULT_CHUNK))
        .unlessZero("headers", headers(read))
        .unlessZero("read_recent", read.bool("read_recent", false))
        .unlessZero("name", read.string("name"))
        .all(HttpClientReader.read(read, paths, HttpClientReader.Owner.OTHER).shown())
        .unlessZero("required_matchers", matchers(read))
        .unlessZero("filter_external_labels", read.bool("filter_external_labels", true))
        .map();
  }

  private static String url(Section section, String kind) {
    String url = section.url("url");
    String wrong = Urls.problem(url);
    if (!section.isSet("url")) {
      section.error("url", "url for " + kind + " is empty (expected: http://host/path)");
    } else if (wrong != null) {
      section.error("url", wrong + " (expected: http://host/path)");
    }
    return Urls.shown(url);
  }

  private static Map<String, String> matchers(Section read) {
    Map<String, String> matchers = read.stringMap("required_matchers");
    if (matchers.containsKey("") && !read.hasNullName("required_matchers")) {
      read.entryError("required_matchers", "", "\"\" is not a valid label name");
    }
    return matchers;
  }

  private static Map<String, String> headers(Section section) {
    Map<String, String> headers = section.stringMap("headers");
    for (String header : headers.keySet()) {
      String wrong = HttpClientChecks.remoteHeaderProblem(header);
      if (wrong != null) {
        section.entryError("headers", header, wrong);
      }
    }
    return headers;
  }

  private static List<String> logins(HttpClientConfig http) {
    List<String> logins = new ArrayList<>();
    if (http.basicAuth().isPresent()) {
      logins.add("basic_auth");
    }
    if (http.authorization().isPresent()) {
      logins.add("authorization");
    }
    if (http.oauth2().isPresent()) {
      logins.add("oauth2");
    }
    return logins;
  }

  private static Map<String, Object> queue(Section write) {
    if (write.has("queue_config") && !write.hasValue("queue_config")) {
      write.error("queue_config", "remote write queue max_shards must be positive");
      return Map.of();
    }
    Section written = write.layeredSection("queue_config");
    Section queue = written == null ? Section.empty("", write.problems()) : written;
    long capacity = queue.integer("capacity", 10_000);
    long most = queue.integer("max_shards", 50);
    long least = queue.integer("min_shards", 1);
    long samples = queue.integer("max_samples_per_send", 2_000);
    Duration minBackoff = queue.duration("min_backoff", Duration.ofMillis(30));
    Duration maxBackoff = queue.duration("max_backoff", Duration.ofSeconds(5));
    positive(queue, "max_shards", most);
    positive(queue, "min_shards", least);
    positive(queue, "max_samples_per_send", samples);
    positive(queue, "capacity", capacity);
    if (least > most) {
      queue.error(
          "min_shards", "remote write queue min_shards must not be greater than max_shards");
    }
    if (maxBackoff.compareTo(minBackoff) < 0) {
      queue.error(
          "max_backoff", "remote write queue max_backoff must not be less than min_backoff");
    }
    Map<String, Object> shown =
        new Shown()
            .unlessZero("capacity", capacity)
            .unlessZero("max_shards", most)
            .unlessZero("min_shards", least)
            .unlessZero("max_samples_per_send", samples)
            .unlessZero(
                "batch_send_deadline", queue.duration("batch_send_deadline", Duration.ofSeconds(5)))
            .unlessZero("min_backoff", minBackoff)
            .unlessZero("max_backoff", maxBackoff)
            .unlessZero("retry_on_http_429", queue.bool("retry_on_http_429", false))
            .unlessZero("sample_age_limit", queue.duration("sample_age_limit", Duration.ZERO))
            .map();
    queue.finish();
    return shown;
  }

  private static void positive(Section queue, String key, long value) {
    if (value <= 0) {
      queue.error(key, "remote write queue " + key + " must be positive");
    }
  }

  private static Map<String, Object> metadata(Section write) {
    if (write.has("metadata_config") && !write.hasValue("metadata_config")) {
      return Map.of();
    }
    Section written = write.layeredSection("metadata_config");
    Section metadata = written == null ? Section.empty("", write.problems()) : written;
    boolean send = metadata.bool("send", true);
    Duration interval = metadata.duration("send_interval", Duration.ofMinutes(1));
    long samples = metadata.integer("max_samples_per_send", 2_000);
    metadata.finish();
    return send || !interval.isZero() || samples != 0
        ? new Shown()
            .always("send", send)
            .always("send_interval", interval)
            .unlessZero("max_samples_per_send", samples)
            .map()
        : Map.of();
  }
}
