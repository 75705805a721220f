package io.promdisco.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.google.common.collect.Iterators;
import io.promdisco.discovery.JobStatus;
import io.promdisco.discovery.ProviderStatus;
import io.promdisco.model.Labels;
import io.promdisco.scrape.DocumentPart;
import io.promdisco.scrape.PoolCounts;
import io.promdisco.scrape.PoolView;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** The JSON documents of the server. Methods that take a stream flush it and leave it open. */
final class ApiDocuments {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(
              StreamWriteFeature
                  .AUTO_CLOSE_CONTENT) // an incomplete document must not look complete
          .build();

  private ApiDocuments() {}

  /** Returns a generator that leaves {@code out} open when it is closed. */
  static JsonGenerator generator(OutputStream out) throws IOException {
    // The writer replaces characters that are not valid Unicode; Jackson's UTF-8 encoder would
    // reject them.
    return FACTORY.createGenerator(new OutputStreamWriter(out, StandardCharsets.UTF_8));
  }

  /** Returns the parts of a document with {@code data} in the envelope of Prometheus's API. */
  static Iterator<DocumentPart> success(Iterator<DocumentPart> data) {
    DocumentPart start =
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "success");
          json.writeObjectFieldStart("data");
        };
    DocumentPart end =
        json -> {
          json.writeEndObject();
          json.writeEndObject();
        };
    return Iterators.concat(one(start), data, one(end));
  }

  static Iterator<DocumentPart> one(DocumentPart part) {
    return Iterators.singletonIterator(part);
  }

  /** Writes an element of an array. */
  interface Element<T> {
    void write(JsonGenerator json, T element) throws IOException;
  }

  /** Returns the parts of a field that is an array. */
  static <T> Iterator<DocumentPart> array(
      String field, Iterator<T> elements, Element<? super T> element) {
    return Iterators.concat(
        one(json -> json.writeArrayFieldStart(field)),
        Iterators.transform(elements, each -> json -> element.write(json, each)),
        one(JsonGenerator::writeEndArray));
  }

  /** Writes a document without the envelope. */
  static void document(OutputStream out, DocumentPart body) throws IOException {
    try (JsonGenerator json = generator(out)) {
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
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    return out.toString();
  }

  static Iterator<DocumentPart> scrapePools(List<PoolView> pools) {
    return success(
        array("scrapePools", pools.iterator(), (json, pool) -> json.writeString(pool.job())));
  }

  static Iterator<DocumentPart> jobs(List<PoolView> pools) {
    return one(
        json -> {
          json.writeStartArray();
          for (PoolView pool : pools) {
            json.writeString(pool.job());
          }
          json.writeEndArray();
        });
  }

  /** Returns a document as YAML. */
  static String yaml(Map<String, Object> document) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setDereferenceAliases(true);
    options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE); // BINARY may refuse it
    options.setWidth(Integer.MAX_VALUE);
    return new Yaml(options).dump(document);
  }

  static byte[] config(Map<String, Object> config) throws IOException {
    String yaml = yaml(config);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    document(
        out,
        json -> {
          json.writeStartObject();
          json.writeStringField("status", "success");
          json.writeObjectFieldStart("data");
          json.writeStringField("yaml", yaml);
          json.writeEndObject();
          json.writeEndObject();
        });
    return out.toByteArray();
  }

  /** Jobs with their counts and providers with their states, for the page. */
  static Iterator<DocumentPart> discovery(
      List<PoolView> pools, List<JobStatus> jobs, List<ProviderStatus> providers) {
    Map<String, JobStatus> statuses = new HashMap<>();
    jobs.forEach(job -> statuses.put(job.job(), job));
    return success(
        Iterators.concat(
            array(
                "jobs",
                pools.iterator(),
                (json, pool) -> job(json, pool.job(), pool.counts(), statuses.get(pool.job()))),
            array("providers", providers.iterator(), ApiDocuments::provider)));
  }

  /** The states of the sources: what fails, why, since when, and when the next try is. */
  static Iterator<DocumentPart> providers(List<ProviderStatus> providers) {
    return success(array("providers", providers.iterator(), ApiDocuments::provider));
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
