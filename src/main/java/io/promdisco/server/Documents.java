package io.promdisco.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.scrape.PoolCounts;
import io.promdisco.scrape.PoolView;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** The JSON documents of the server. Methods that take a stream flush it and leave it open. */
final class Documents {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT) // half a document is not a whole one
          .build();

  private Documents() {}

  /** Content of a document. */
  interface Body {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes what Prometheus wraps every answer in. */
  static void success(OutputStream out, Body data) throws IOException {
    document(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "success");
          json.writeObjectFieldStart("data");
          data.write(json);
          json.writeEndObject();
          json.writeEndObject();
        });
  }

  /** Writes a document, and nothing around it. */
  static void document(OutputStream out, Body body) throws IOException {
    // By way of a writer, which replaces what is not Unicode; Jackson's own UTF-8 refuses it.
    try (JsonGenerator json =
        FACTORY.createGenerator(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
      body.write(json);
    }
  }

  static String error(String type, String message) {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("status", "error");
      json.writeStringField("errorType", type);
      json.writeStringField("error", message);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not from a StringWriter
    }
    return out.toString();
  }

  static void scrapePools(List<PoolView> pools, OutputStream out) throws IOException {
    success(
        out,
        json -> {
          json.writeArrayFieldStart("scrapePools");
          for (PoolView pool : pools) {
            json.writeString(pool.job());
          }
          json.writeEndArray();
        });
  }

  static void jobs(List<PoolView> pools, OutputStream out) throws IOException {
    document(
        out,
        json -> {
          json.writeStartArray();
          for (PoolView pool : pools) {
            json.writeString(pool.job());
          }
          json.writeEndArray();
        });
  }

  static void config(Map<String, Object> config, OutputStream out) throws IOException {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setDereferenceAliases(true);
    options.setWidth(Integer.MAX_VALUE);
    String yaml = new Yaml(options).dump(config);
    success(out, json -> json.writeStringField("yaml", yaml));
  }

  /** Jobs with their counts and providers with their states: what the page shows. */
  static void discovery(
      List<PoolView> pools, List<JobStatus> jobs, List<ProviderStatus> providers, OutputStream out)
      throws IOException {
    Map<String, JobStatus> statuses = new HashMap<>();
    jobs.forEach(job -> statuses.put(job.job(), job));
    success(
        out,
        json -> {
          json.writeArrayFieldStart("jobs");
          for (PoolView pool : pools) {
            job(json, pool.job(), pool.counts(), statuses.get(pool.job()));
          }
          json.writeEndArray();
          providers(json, providers);
        });
  }

  /** How the sources are: what fails, why, since when, and when it is tried again. */
  static void providers(List<ProviderStatus> providers, OutputStream out) throws IOException {
    success(out, json -> providers(json, providers));
  }

  private static void providers(JsonGenerator json, List<ProviderStatus> providers)
      throws IOException {
    json.writeArrayFieldStart("providers");
    for (ProviderStatus provider : providers) {
      provider(json, provider);
    }
    json.writeEndArray();
  }

  private static void job(
      JsonGenerator json, String name, PoolCounts counts, @Nullable JobStatus status)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("job", name);
    json.writeNumberField("discovered", counts.discovered());
    json.writeNumberField("active", counts.active());
    json.writeNumberField("dropped", counts.dropped());
    json.writeNumberField("failed", counts.failed());
    json.writeBooleanField("complete", status != null && status.complete());
    json.writeArrayFieldStart("missing");
    if (status != null) {
      for (JobStatus.Missing missing : status.missing()) {
        json.writeString(missing.toString());
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void provider(JsonGenerator json, ProviderStatus provider) throws IOException {
    json.writeStartObject();
    json.writeStringField("provider", provider.provider());
    json.writeStringField("mechanism", provider.config().mechanism());
    json.writeArrayFieldStart("jobs");
    for (String job : provider.jobs()) {
      json.writeString(job);
    }
    json.writeEndArray();
    json.writeBooleanField("started", provider.started());
    json.writeBooleanField("synced", provider.synced());
    json.writeNumberField("targets", provider.targets());
    json.writeArrayFieldStart("failures");
    for (ProviderStatus.Failure failure : provider.failures()) {
      json.writeStartObject();
      json.writeStringField("part", failure.part());
      json.writeStringField("reason", failure.reason());
      json.writeStringField("since", failure.since().toString());
      if (failure.nextTry().equals(Instant.MAX)) {
        json.writeNullField("nextTry");
      } else {
        json.writeStringField("nextTry", failure.nextTry().toString());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  static void labels(JsonGenerator json, String field, Labels labels) throws IOException {
    json.writeObjectFieldStart(field);
    for (int i = 0; i < labels.size(); i++) {
      json.writeStringField(labels.name(i), labels.value(i));
    }
    json.writeEndObject();
  }
}
