package io.promdisco.config.section;

import static io.promdisco.config.table.Setting.bool;
import static io.promdisco.config.table.Setting.choice;
import static io.promdisco.config.table.Setting.duration;
import static io.promdisco.config.table.Setting.integer;
import static io.promdisco.config.table.Setting.text;

import io.promdisco.config.HttpClientChecks;
import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.UrlChecks;
import io.promdisco.config.table.SectionTable;
import io.promdisco.config.table.Setting;
import io.promdisco.config.table.SettingValues;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.Section;
import io.promdisco.model.NameValidation;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code remote_write} and {@code remote_read}, which are only checked and shown. */
final class RemoteReader {
  private static final List<String> MESSAGES =
      List.of("prometheus.WriteRequest", "io.prometheus.write.v2.Request");
  private static final long DEFAULT_CHUNK = 50_000_000;

  /**
   * Headers of remote-write and similar clients, which have other rules than those of discovery.
   */
  static final Setting<Map<String, String>> HEADERS =
      Setting.textMap("headers")
          .checked(
              (section, key, headers) -> {
                for (String header : headers.keySet()) {
                  String wrong = HttpClientChecks.remoteHeaderProblem(header);
                  if (wrong != null) {
                    section.entryError(key, header, wrong);
                  }
                }
              });

  private static final Setting<String> NAME = text("name");

  private static final Setting<Long> CAPACITY = positive("capacity", 10_000);
  private static final Setting<Long> MAX_SHARDS = positive("max_shards", 50);
  private static final Setting<Long> MIN_SHARDS = positive("min_shards", 1);
  private static final Setting<Duration> MIN_BACKOFF =
      duration("min_backoff", Duration.ofMillis(30));
  private static final Setting<Duration> MAX_BACKOFF =
      duration("max_backoff", Duration.ofSeconds(5));
  static final SectionTable QUEUE =
      SectionTable.of(
              "queue_config",
              CAPACITY,
              MAX_SHARDS,
              MIN_SHARDS,
              positive("max_samples_per_send", 2_000),
              duration("batch_send_deadline", Duration.ofSeconds(5)),
              MIN_BACKOFF,
              MAX_BACKOFF,
              bool("retry_on_http_429", false),
              duration("sample_age_limit"))
          .checked(RemoteReader::checkQueue);

  private static final Setting<Boolean> SEND = bool("send", true).always();
  private static final Setting<Duration> SEND_INTERVAL =
      duration("send_interval", Duration.ofMinutes(1)).always();
  private static final Setting<Long> SAMPLES = integer("max_samples_per_send", 2_000);
  static final SectionTable METADATA =
      SectionTable.of("metadata_config", SEND, SEND_INTERVAL, SAMPLES);

  private static final Setting<RelabelReader.Rules> WRITE_RULES =
      RelabelReader.rules(
          "write_relabel_configs", "empty or null relabeling rule in remote write config");
  private static final Setting<HttpClientReader.Result> WRITE_HTTP =
      HttpClientReader.field(HttpClientReader.Owner.REMOTE_WRITE);
  static final SectionTable WRITE =
      SectionTable.of(
          "remote_write",
          url("remote_write"),
          duration("remote_timeout", Duration.ofSeconds(30)),
          HEADERS,
          WRITE_RULES,
          NAME,
          bool("send_exemplars", false),
          bool("send_native_histograms", false),
          bool("round_robin_dns", false),
          choice("protobuf_message", MESSAGES.get(0), MESSAGES)
              .accepted(
                  MESSAGES::contains,
                  message ->
                      "invalid protobuf_message value: \""
                          + message
                          + "\" (expected: one of "
                          + String.join(", ", MESSAGES)
                          + ")"),
          bool("failed_request_logging", false),
          bool("convert_nhcb_to_classic", false),
          WRITE_HTTP,
          Setting.of("queue_config", QUEUE.name(), "", RemoteReader::queue),
          Setting.of("metadata_config", METADATA.name(), "", RemoteReader::metadata),
          CloudCredentials.ALL.get(0),
          CloudCredentials.ALL.get(1),
          CloudCredentials.ALL.get(2));
  static final SectionTable READ =
      SectionTable.of(
          "remote_read",
          url("remote_read"),
          duration("remote_timeout", Duration.ofMinutes(1)),
          Setting.of(
              "chunked_read_limit",
              "unsigned",
              DEFAULT_CHUNK,
              (read, key, paths) ->
                  read.has(key) ? read.unsigned(key) : BigInteger.valueOf(DEFAULT_CHUNK)),
          HEADERS,
          bool("read_recent", false),
          NAME,
          HttpClientReader.field(HttpClientReader.Owner.OTHER),
          Setting.textMap("required_matchers")
              .checked(
                  (read, key, matchers) -> {
                    if (matchers.containsKey("") && !read.hasNullName(key)) {
                      read.entryError(key, "", "\"\" is not a valid label name");
                    }
                  }),
          bool("filter_external_labels", true));

  private final ConfigPaths paths;
  private final NameValidation names;

  RemoteReader(ConfigPaths paths, NameValidation names) {
    this.paths = paths;
    this.names = names;
  }

  List<Map<String, Object>> writes(Section root) {
    List<Map<String, Object>> shown = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Section section :
        root.sections("remote_write", "empty or null remote write config section")) {
      SettingValues write = WRITE.read(section, paths);
      unique(write, known, "write");
      write.get(WRITE_RULES).compile(names);
      checkLogins(write);
      shown.add(write.shown());
    }
    return shown;
  }

  List<Map<String, Object>> reads(Section root) {
    List<Map<String, Object>> shown = new ArrayList<>();
    Set<String> known = new HashSet<>();
    for (Section section :
        root.sections("remote_read", "empty or null remote read config section")) {
      SettingValues read = READ.read(section, paths);
      unique(read, known, "read");
      shown.add(read.shown());
    }
    return shown;
  }

  private static void unique(SettingValues remote, Set<String> known, String kind) {
    String name = remote.get(NAME);
    if (!name.isEmpty() && !known.add(name)) {
      remote
          .section()
          .error(
              "name", "found multiple remote " + kind + " configs with job name \"" + name + "\"");
    }
  }

  private static void checkLogins(SettingValues write) {
    List<String> logins = logins(write.get(WRITE_HTTP).config());
    CloudCredentials.ALL.stream()
        .filter(login -> write.get(login).isPresent())
        .forEach(login -> logins.add(login.key()));
    if (logins.size() > 1) {
      write
          .section()
          .error(
              "at most one of basic_auth, authorization, oauth2, sigv4, azuread or google_iam must"
                  + " be configured. Currently configured: "
                  + logins);
    }
  }

  private static Setting<String> url(String kind) {
    return Setting.of(
            "url",
            "URL",
            "",
            (Section section, String key, ConfigPaths paths) -> {
              String url = section.url(key);
              String wrong = UrlChecks.problem(url);
              if (!section.isSet(key)) {
                section.error(key, "url for " + kind + " is empty (expected: http://host/path)");
              } else if (wrong != null) {
                section.error(key, wrong + " (expected: http://host/path)");
              }
              return url;
            })
        .shownBy(
            "always, without password", (to, key, url) -> to.always(key, UrlChecks.shown(url)));
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

  private static Map<String, Object> queue(Section write, String key, ConfigPaths paths) {
    if (write.has(key) && !write.hasValue(key)) {
      write.error(key, "remote write queue max_shards must be positive");
      return Map.of();
    }
    return QUEUE.read(write.layeredSectionOrEmpty(key), paths).shown();
  }

  private static Setting<Long> positive(String positiveKey, long missing) {
    return integer(positiveKey, missing)
        .accepted(
            value -> value > 0, value -> "remote write queue " + positiveKey + " must be positive");
  }

  private static void checkQueue(SettingValues queue) {
    if (queue.get(MIN_SHARDS) > queue.get(MAX_SHARDS)) {
      queue.error(MIN_SHARDS, "remote write queue min_shards must not be greater than max_shards");
    }
    if (queue.get(MAX_BACKOFF).compareTo(queue.get(MIN_BACKOFF)) < 0) {
      queue.error(MAX_BACKOFF, "remote write queue max_backoff must not be less than min_backoff");
    }
  }

  private static Map<String, Object> metadata(Section write, String key, ConfigPaths paths) {
    if (write.has(key) && !write.hasValue(key)) {
      return Map.of();
    }
    SettingValues metadata = METADATA.read(write.layeredSectionOrEmpty(key), paths);
    return metadata.get(SEND) || !metadata.get(SEND_INTERVAL).isZero() || metadata.get(SAMPLES) != 0
        ? metadata.shown()
        : Map.of();
  }
}
