package io.promdisco.server;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.promdisco.model.Labels;
import io.promdisco.relabel.RelabelRule;
import io.promdisco.relabel.RelabelTrace;
import io.promdisco.scrape.DocumentPart;
import io.promdisco.scrape.PoolView;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What each rule of a job does to a label set, as in Prometheus's {@code relabel_steps}, and the
 * place of the rule. Each step is computed when the client reads it.
 *
 * @param steps one for each rule that is reached
 */
record RelabelSteps(RelabelTrace.Steps steps) {
  /** The bytes of a label without its characters. */
  private static final int LABEL_BYTES = 128;

  private static final JsonFactory JSON = new JsonFactory();

  /** Applies the rules of a job to labels that are given as a JSON object. */
  static RelabelSteps of(List<PoolView> pools, String job, String labels) throws IOException {
    if (job.isEmpty()) {
      throw new RequestException(400, "no scrapePool parameter provided");
    }
    if (labels.isEmpty()) {
      throw new RequestException(400, "no labels parameter provided");
    }
    Labels discovered = parse(labels);
    for (PoolView pool : pools) {
      if (pool.job().equals(job)) {
        return new RelabelSteps(new RelabelTrace.Steps(pool.config().relabelRules(), discovered));
      }
    }
    throw new RequestException(400, "scrape pool " + job + " not found");
  }

  private static Labels parse(String text) throws IOException {
    Map<String, String> labels = new TreeMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      boolean good = json.nextToken() == JsonToken.START_OBJECT;
      while (good && json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        good = json.nextToken() == JsonToken.VALUE_STRING;
        labels.put(name, json.getText());
      }
      if (good && json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null) {
        return Labels.of(labels);
      }
    } catch (JsonProcessingException e) {
      throw new RequestException(
          400, "labels: " + e.getOriginalMessage() + " (expected a JSON object with text values)");
    }
    throw new RequestException(400, "labels: not a JSON object with text values");
  }

  /** Sends the steps. The state between two steps counts as memory of the answer. */
  void answer(ServerExchange exchange) throws IOException {
    exchange.holding(this, bytes());
    exchange.document(document(() -> exchange.holding(this, bytes())));
  }

  /** Returns the size of the labels that are kept for the next step, in bytes. */
  private long bytes() {
    long bytes = 0;
    Labels labels = steps.labels();
    for (int i = 0; i < labels.size(); i++) {
      bytes += LABEL_BYTES + 2L * (labels.name(i).length() + labels.value(i).length());
    }
    return bytes;
  }

  /**
   * Returns the document.
   *
   * @param made called after each step, when {@link #bytes} may have changed
   */
  private Iterator<DocumentPart> document(Runnable made) {
    return ApiDocuments.success(
        ApiDocuments.array(
            "steps",
            steps,
            (json, step) -> {
              step(json, step);
              made.run();
            }));
  }

  private static void step(JsonGenerator json, RelabelTrace.Step step) throws IOException {
    json.writeStartObject();
    json.writeObjectFieldStart("rule");
    rule(json, step.rule());
    json.writeEndObject();
    ApiDocuments.labels(json, "output", step.kept() ? step.after() : Labels.EMPTY);
    json.writeBooleanField("keep", step.kept());
    if (step.rule().position().isPresent()) {
      json.writeStringField("position", step.rule().position().get().toString());
    }
    json.writeEndObject();
  }

  private static void rule(JsonGenerator json, RelabelRule rule) throws IOException {
    if (!rule.sourceLabels().isEmpty()) {
      json.writeArrayFieldStart("source_labels");
      for (String label : rule.sourceLabels()) {
        json.writeString(label);
      }
      json.writeEndArray();
    }
    json.writeStringField("separator", rule.separator());
    json.writeStringField("regex", rule.regex());
    if (rule.modulus() != 0) {
      json.writeFieldName("modulus");
      json.writeNumber(Long.toUnsignedString(rule.modulus()));
    }
    if (!rule.targetLabel().isEmpty()) {
      json.writeStringField("target_label", rule.targetLabel());
    }
    json.writeStringField("replacement", rule.replacement());
    json.writeStringField("action", rule.action().text());
  }
}
